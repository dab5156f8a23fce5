//! The web page, as it is embedded: here a small one, built by hand.
use crate::assets::Assets;
use crate::testbed::World;
use http::header::{ACCEPT_ENCODING, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, StatusCode};
use http_body_util::BodyExt;
use rstest::rstest;
use rust_embed::RustEmbed;

/// `assets/app-1a2b.js` with both copies, `index.html` with a gzip copy, `icon.svg` without.
#[derive(RustEmbed)]
#[folder = "src/tests/page"]
struct Page;

/// A build without a page.
#[derive(RustEmbed)]
#[folder = "src/tests/page/assets"]
#[exclude = "*"]
struct Nothing;

fn accepting(encoding: &'static str) -> HeaderMap {
    HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(encoding))])
}

#[rstest]
#[case("/assets/app-1a2b.js", "gzip, deflate, br", "br", "in brotli", "text/javascript; charset=utf-8")]
#[case("/assets/app-1a2b.js", "gzip", "gzip", "in gzip", "text/javascript; charset=utf-8")]
#[case("/assets/app-1a2b.js", "br;q=0, gzip;q=0.5", "gzip", "in gzip", "text/javascript; charset=utf-8")]
#[case("/assets/app-1a2b.js", "*", "br", "in brotli", "text/javascript; charset=utf-8")]
#[case("/assets/app-1a2b.js", "identity", "", "as it is", "text/javascript; charset=utf-8")]
#[case("/assets/app-1a2b.js", "", "", "as it is", "text/javascript; charset=utf-8")]
#[case("/icon.svg", "br, gzip", "", "<svg", "image/svg+xml")]
#[tokio::test]
async fn files_come_in_the_encoding_that_the_client_takes(
    #[case] path: &str,
    #[case] accept: &'static str,
    #[case] encoding: &str,
    #[case] body: &str,
    #[case] content_type: &str,
) {
    let answer = Assets::of::<Page>().at(path, &accepting(accept));
    assert_eq!(answer.status(), StatusCode::OK);
    let header =
        |name: &str| answer.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
    assert_eq!((header("content-encoding"), header("content-type")), (encoding.into(), content_type.into()));
    assert_eq!(header("vary"), "accept-encoding");
    let hashed = path.starts_with("/assets/");
    assert_eq!(
        header("cache-control").contains("immutable"),
        hashed,
        "only names that hold a hash are for ever"
    );
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    assert!(String::from_utf8_lossy(&bytes).contains(body), "{bytes:?}");
}

#[rstest]
#[case("/assets/app-1a2b.js.br")]
#[case("/assets/app-1a2b.js.gz")]
#[case("/assets/other.js")]
#[case("/assets")]
#[case("/../Cargo.toml")]
#[case("//icon.svg/")]
fn what_is_no_file_of_the_page_is_a_404(#[case] path: &str) {
    let answer = Assets::of::<Page>().at(path, &HeaderMap::new());
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
}

#[test]
fn a_page_that_the_browser_has_is_not_sent_again() {
    let page = Assets::of::<Page>().page(&HeaderMap::new());
    assert_eq!(page.headers()["cache-control"], "no-cache");
    let headers = HeaderMap::from_iter([(IF_NONE_MATCH, page.headers()["etag"].clone())]);
    assert_eq!(Assets::of::<Page>().page(&headers).status(), StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn a_build_without_the_page_says_how_to_have_it() {
    let answer = Assets::of::<Nothing>().page(&HeaderMap::new());
    assert_eq!(
        (answer.status(), &answer.headers()["cache-control"]),
        (StatusCode::OK, &HeaderValue::from_static("no-store"))
    );
    let text = answer.into_body().collect().await.unwrap().to_bytes();
    assert!(String::from_utf8_lossy(&text).contains("make build"));
}

#[rstest]
#[case("/")]
#[case("/workloads")]
#[case("/workloads?health=failed")]
#[case("/workloads/prod/shop/Deployment/web")]
#[case("/workloads/prod/shop/Deployment/gone")]
#[case("/pods")]
#[case("/pods/prod/shop/db-0")]
#[case("/events")]
#[case("/settings")]
#[tokio::test]
async fn every_path_of_the_page_can_be_opened(#[case] path: &str) {
    let site = World::shop().await.serve().await;
    let answer = site.get(path, &[]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert!(answer.text().starts_with("<!doctype html>"), "{}", answer.text());
}
