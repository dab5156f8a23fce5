use super::mask;
use rstest::rstest;

#[rstest]
#[case::address(
    "dial postgres://shop:s3cret@db:5432/shop failed",
    "dial postgres://shop:***@db:5432/shop failed"
)]
#[case::token_as_user("clone https://ghp_abc@github.com/o/r", "clone https://***@github.com/o/r")]
#[case::data_source("open root:hunter2@tcp(db:3306)/shop", "open root:***@tcp(db:3306)/shop")]
#[case::two_words(r#"{"password": "two words", "user": "shop"}"#, r#"{"password": *** "user": "shop"}"#)]
#[case::in_quotes("PASSWORD='two words' rejected", "PASSWORD=*** rejected")]
#[case::never_closed("PASSWORD='two words\nnext line", "PASSWORD=***\nnext line")]
#[case::abbreviated("Server=db;Pwd=hunter2", "Server=db;Pwd=***")]
#[case::the_first_of_two("Password=hunter2;Token=abc", "Password=***")]
#[case::assigned("DB_PASSWORD=hunter2 rejected", "DB_PASSWORD=*** rejected")]
#[case::abbreviated_behind_a_name("DBPASS=hunter dbPass: hunter2", "DBPASS=*** dbPass: ***")]
#[case::assigned_apart("password = hunter rejected", "password = *** rejected")]
#[case::a_key_of_a_secret("AWS_SECRET_ACCESS_KEY=abc", "AWS_SECRET_ACCESS_KEY=***")]
#[case::in_a_query("GET /login?access_token=abc", "GET /login?access_token=***")]
#[case::json(r#"{"clientSecret":"abc","id":1}"#, r#"{"clientSecret":***"#)]
#[case::json_in_json(r#"body {\"password\":\"abc\"}"#, r#"body {\"password\":***"#)]
#[case::apart("token: abc123 expired", "token: *** expired")]
#[case::with_a_colon("connecting with password: hunter to db", "connecting with password: *** to db")]
#[case::after_a_level("ERROR password: hunter rejected", "ERROR password: *** rejected")]
#[case::at_the_end("invalid password: letmein", "invalid password: ***")]
#[case::one_that_looks_like_it("invalid password: hunter2 for bob", "invalid password: *** for bob")]
#[case::header("Authorization: Bearer abc.def sent", "Authorization: Bearer *** sent")]
#[case::basic("authorization: Basic aHVudGVyOjI= sent", "authorization: Basic *** sent")]
#[case::bearer("curl -H bearer abcdef", "curl -H bearer ***")]
#[case::header_of_a_key("x-api-key: abc", "x-api-key: ***")]
#[case::header_in_a_sentence("sent X-Auth-Token: abc to the server", "sent X-Auth-Token: *** to the server")]
#[case::a_key_after_a_blank("x-api-key abc", "x-api-key ***")]
#[case::a_key_of_two_words("API key: abcdef", "API key: ***")]
#[case::a_key_in_a_sentence("using api key abcdef for search", "using api key *** for search")]
#[case::after_a_blank("login with password hunter2", "login with password ***")]
#[case::a_word("login with password correcthorse as bob", "login with password *** as bob")]
#[case::in_brackets("(using password hunter) failed", "(using password *** failed")]
#[case::without_a_marker("user bob password hunter2 rejected", "user bob password *** rejected")]
#[case::a_long_one("token abcdefghijklmnopqrstuvwxyz is gone", "token *** is gone")]
#[case::an_option("run --password hunter --db-password=x", "run --password *** --db-password=***")]
#[case::a_query_of_two("GET /v1?api_key=AAA&sig=BBB 403", "GET /v1?api_key=*** 403")]
#[case::a_signature("GET /blob?sv=1&sig=abc%2Fdef&se=2 403", "GET /blob?sv=1&sig=***&se=2 403")]
#[case::cookies("sent Cookie: session=abc; csrf=zzz", "sent Cookie: ***")]
#[case::cookies_of_a_line("cookie: a=1; b=2\nnext line", "cookie: ***\nnext line")]
#[case::keys_of_aws("auth AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "auth *** ***")]
#[case::slack("posting as xoxb-123-456-abcDEF failed", "posting as *** failed")]
#[case::slack_hook(
    "POST https://hooks.slack.com/services/T0/B0/xyz 404",
    "POST https://hooks.slack.com/services/*** 404"
)]
#[case::github("remote: ghp_0123456789abcdef rejected", "remote: *** rejected")]
#[case::a_json_web_token("got eyJhbGciOi.eyJzdWIi.c2ln, gone", "got ***, gone")]
#[case::a_line_of_a_key("MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj", "***")]
#[case::on_its_line(
    "probe says:\n  password: hunter2\n  user: bob",
    "probe says:\n  password: ***\n  user: bob"
)]
fn a_secret_is_hidden(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(mask(text), expected);
}

/// What names a secret and tells none stays as it is: it may be the cause.
#[rstest]
#[case::mail("mail to ops@example.com")]
#[case::image("Back-off pulling image \"nginx:1.27@sha256:0123abcd\"")]
#[case::image_of_that_name("Failed to pull image \"registry.example/auth/token:1.9\": not found")]
#[case::missing("missing DATABASE_URL")]
#[case::postgres("password authentication failed for user postgres")]
#[case::postgres_in_full(r#"FATAL: password authentication failed for user "postgres""#)]
#[case::with_authentication("connect with password authentication disabled")]
#[case::mysql("Access denied for user 'root'@'10.0.0.1' (using password: YES)")]
#[case::mysql_without("Access denied for user 'root'@'10.0.0.1' (using password: NO)")]
#[case::oracle("ORA-01017: invalid username/password; logon denied")]
#[case::expired("token expired")]
#[case::expired_in_full("token is expired by 2h3m")]
#[case::bearer("invalid bearer token, token lookup failed")]
#[case::bearer_expired("bearer token expired")]
#[case::asked_for("Bearer realm=\"https://auth.example/token\",service=\"r\"")]
#[case::invalid("invalid password for user bob")]
#[case::no_secret("secret \"db\" not found")]
#[case::no_secret_of_that_name("secret \"db-password\" not found")]
#[case::no_secret_with_a_colon("failed to get secret \"db-token\": forbidden by policy")]
#[case::no_key("no such key: foo")]
#[case::a_digest("pulled sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
#[case::an_id("request 7f9c24e8-3b0a-4d1e-9a53-2f6f0d6b3c11 failed")]
#[case::a_class("org.springframework.beans.factory.UnsatisfiedDependencyException: no bean")]
#[case::a_path("open /srv/App2/Config/Secrets/Production/Settings.d/Main1: no such file")]
#[case::a_method("runtime.goexit AbstractAutowireCapableBeanFactoryPostProcessorRegistration")]
#[case::a_pod("pod checkout-service-backend-7f9c8d6b54-x2x9z is gone")]
#[case::a_size("signal: killed, design=3")]
#[case::no_key_of_a_secret("couldn't find key password in Secret shop/db")]
#[case::no_key_of_that_name("references non-existent secret key: tls.crt")]
#[case::volume("MountVolume.SetUp failed for volume \"api-token\" : secret \"api-token\" not found")]
#[case::projected(
    "MountVolume.SetUp failed for volume \"kube-api-access-x7k2p\" : failed to fetch token: pod \"web-1\" not found"
)]
#[case::cache("failed to sync secret cache: timed out waiting for the condition")]
#[case::pull_secret(
    "Unable to retrieve some image pull secrets (regcred-2); attempting to pull the image may not succeed."
)]
#[case::pull(
    "failed to authorize: failed to fetch anonymous token: unexpected status from GET request to \
     https://auth.docker.io/token?scope=repository%3Ashop%2Fweb%3Apull&service=registry.docker.io: 401 Unauthorized"
)]
#[case::pull_denied(
    "pull access denied, repository does not exist or may require authorization: server message: \
     insufficient_scope: authorization failed"
)]
#[case::no_credentials("no basic auth credentials")]
#[case::account("User \"system:serviceaccount:secret-store:token-cleaner\" cannot list resource")]
#[case::wrapped("failed to fetch the token: no route to host")]
#[case::wrapped_anew("get token: context deadline exceeded")]
#[case::syntax("SyntaxError: Unexpected token u in JSON at position 0")]
#[case::syntax_in_quotes("Unexpected token '<', \"<!DOCTYPE \"... is not valid JSON")]
#[case::signature("token signature is invalid: crypto/rsa: verification error")]
#[case::parameter("missing api_key parameter")]
#[case::header("the x-api-key header is missing")]
#[case::required("API key required")]
#[case::counts("max_tokens=4096 tokens: 512 tests passed=3 PASSED=3 bypass: on")]
#[case::file("open PASSWORD_FILE=/run/x: no such file or directory")]
#[case::secret_name("secretName: db-cert was not found")]
#[case::algorithm("password sha256 mismatch")]
#[case::at_the_end_of_a_line("enter your password\nhunter")]
fn a_cause_stays_readable(#[case] text: &str) {
    assert_eq!(mask(text), text);
}

#[test]
fn a_word_without_end_is_looked_through_once() {
    let word = "token".repeat(100_000);
    let before = std::time::Instant::now();
    assert_eq!(mask(&word), word);
    assert!(before.elapsed() < std::time::Duration::from_secs(10), "{:?}", before.elapsed());
}
