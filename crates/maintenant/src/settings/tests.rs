use super::*;
use rstest::rstest;

fn given(environment: &[(&str, &str)]) -> Given {
    Given::new([], environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

#[test]
fn every_fault_is_said_at_once() {
    let faults = given(&[
        ("MAINTENANT_ADDR", "nowhere"),
        ("MAINTENANT_ADRR", ":80"),
        ("MAINTENANT_COLOUR", "red"),
        ("MAINTENANT_DATABASE_URL", "postgres://db"),
        ("MAINTENANT_RUNTIME", "podman"),
        ("MAINTENANT_K8S_NAMESPACES", "shop,Team_A,,x-"),
        ("MAINTENANT_BASE_URL", "ftp://x"),
        ("MAINTENANT_LOG_LEVEL", "loud"),
        ("MAINTENANT_PORT", "tcp://10.0.0.1:80"),
        ("MAINTENANT_SERVICE_HOST", "10.0.0.1"),
        ("HOME", "/"),
    ])
    .settings()
    .unwrap_err();
    let expected = [
        "MAINTENANT_ADRR is not a setting; did you mean MAINTENANT_ADDR?",
        "MAINTENANT_COLOUR is not a setting; `maintenant config` lists them",
        "MAINTENANT_DATABASE_URL is not in this version; unset it",
        "MAINTENANT_ADDR: `nowhere`: an address and a port are expected, such as `127.0.0.1:8080` or `:8080`",
        "MAINTENANT_BASE_URL: `ftp://x`: a URL of the form `https://maintenant.example.com` is expected, without a path",
        "MAINTENANT_RUNTIME: `podman`: `kubernetes` or `docker` is expected",
        "MAINTENANT_K8S_NAMESPACES: `Team_A` is not the name of a namespace: only a-z, 0-9, `-` and the wildcard `*` are allowed",
        "MAINTENANT_K8S_NAMESPACES: `` is not the name of a namespace: it is empty",
        "MAINTENANT_K8S_NAMESPACES: `x-` is not the name of a namespace: it may not begin or end with `-`",
        "MAINTENANT_LOG_LEVEL: `loud`: `error`, `warn`, `info`, `debug` or `trace` is expected",
    ];
    assert_eq!(faults.0, expected);
}

#[test]
fn a_flag_beats_a_variable_and_is_named_in_its_fault() {
    let environment = [("MAINTENANT_ADDR".to_owned(), ":1".to_owned())];
    let settings =
        Given::new([("MAINTENANT_ADDR", "127.0.0.1:9".to_owned())], environment.clone()).settings();
    assert_eq!(settings.unwrap().addr, "127.0.0.1:9".parse().unwrap());
    let faults = Given::new([("MAINTENANT_ADDR", "x".to_owned())], environment).settings().unwrap_err();
    assert!(faults.0[0].starts_with("--addr: `x`:"), "{faults}");
}

#[rstest]
#[case(&[], &["shop", "kube-system"], &[])]
#[case(&[("MAINTENANT_K8S_EXCLUDE_NAMESPACES", "dev-*")], &["shop"], &["dev-1", "kube-system", "kube-public"])]
#[case(&[("MAINTENANT_K8S_NAMESPACES", "shop, team-*")], &["shop", "team-1"], &["other", "kube-system"])]
#[case(
    &[("MAINTENANT_K8S_NAMESPACES", "kube-system"), ("MAINTENANT_K8S_EXCLUDE_NAMESPACES", "kube-system")],
    &["kube-system"],
    &["shop"]
)]
fn the_allowlist_takes_precedence(
    #[case] environment: &[(&str, &str)],
    #[case] watched: &[&str],
    #[case] left_out: &[&str],
) {
    let settings = given(environment).settings().unwrap();
    for name in watched {
        assert!(settings.scope.admits(name), "{name}");
    }
    for name in left_out {
        assert!(!settings.scope.admits(name), "{name}");
    }
    assert_eq!(settings.ignored_exclusions.is_some(), environment.len() == 2);
}

#[test]
fn contexts_may_carry_a_name() {
    let settings = given(&[("MAINTENANT_K8S_CONTEXTS", "dev, prod=arn:aws:eks/prod")]).settings().unwrap();
    assert_eq!(settings.contexts, ["dev", "prod=arn:aws:eks/prod"]);
    assert_eq!(given(&[("MAINTENANT_K8S_CONTEXTS", "dev,,=x")]).settings().unwrap_err().0.len(), 2);
}

#[test]
fn a_password_in_a_refused_value_is_not_repeated() {
    let faults =
        given(&[("MAINTENANT_BASE_URL", "https://admin:secret@example.com")]).settings().unwrap_err();
    assert!(
        !faults.to_string().contains("secret") && faults.to_string().contains("@example.com"),
        "{faults}"
    );
}

#[test]
fn what_is_not_text_is_refused() {
    let faults = given(&[("MAINTENANT_DB", "/data/\u{fffd}.db"), ("MAINTENANT_\u{fffd}", "x")])
        .settings()
        .unwrap_err();
    assert_eq!(faults.0.len(), 2, "{faults}");
    assert!(faults.to_string().contains("MAINTENANT_DB: it is not UTF-8 text"), "{faults}");
}

#[test]
fn empty_values_count_as_absent() {
    let settings = given(&[
        ("MAINTENANT_ADDR", ""),
        ("MAINTENANT_K8S_NAMESPACES", " "),
        ("MAINTENANT_LICENSE_KEY", " \n"),
        ("MAINTENANT_COLOUR", ""),
    ]);
    let settings = settings.settings().unwrap();
    assert_eq!(settings.scope, Scope::All);
    assert_eq!(settings.license_key, None);
}

const KEY: &str =
    "maintenant1.eyJsaWNlbnNlZSI6IkFDTUUiLCJlZGl0aW9uIjoiZW50ZXJwcmlzZSIsImZlYXR1cmVzIjpbXX0.c2lnbmF0dXJl";

#[test]
fn a_licence_key_is_taken_as_it_is_and_never_printed() {
    let given = given(&[(LICENSE_KEY, KEY)]);
    let settings = given.settings().unwrap();
    assert_eq!(settings.license_key, Some(LicenseKey::new(KEY)));
    for text in [format!("{given:?}"), format!("{settings:?}"), format!("{settings:#?}")] {
        assert!(!text.contains("eyJ"), "{text}");
    }
}

#[test]
fn a_licence_key_that_is_none_keeps_nobody_from_monitoring() {
    for key in ["maintenant", "\u{fffd}\u{fffd}", "eyJhbGciOi"] {
        assert!(given(&[(LICENSE_KEY, key)]).settings().is_ok(), "{key}");
    }
}

#[test]
fn a_licence_key_in_the_place_of_something_else_is_refused_and_not_repeated() {
    let names = VARIABLES.iter().filter(|variable| variable.in_this_version && !variable.secret);
    for name in names.map(|variable| variable.name) {
        let lines = [KEY[..40].to_owned(), KEY[40..].to_owned()];
        for value in [
            KEY.to_owned(),
            format!("x={KEY}"),
            KEY.replace("maintenant1.", ""),
            lines.join("\n"),
            lines.join(" "),
        ] {
            let faults = given(&[(name, &value)]).settings().unwrap_err();
            let expected = format!("{name}: this is a licence key; set MAINTENANT_LICENSE_KEY to it");
            assert_eq!(faults.0, [expected], "{value}");
        }
    }
    let misspelt = given(&[("MAINTENANT_LICENCE_KEY", KEY)]).settings().unwrap_err();
    assert_eq!(misspelt.0, ["MAINTENANT_LICENCE_KEY is not a setting; did you mean MAINTENANT_LICENSE_KEY?"]);
}

#[test]
fn a_private_key_and_lines_are_refused_and_not_repeated() {
    let body = "MC4CAQAwBQYDK2VwBCIEIEzNCUsoJ5bYnbDWrRWxTg9bijGfNaumKtpI9r1Pk/qb";
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
    let names = VARIABLES.iter().filter(|variable| variable.in_this_version && !variable.secret);
    for name in names.map(|variable| variable.name) {
        for (value, problem) in [
            (pem.as_str(), "this is a private key, and no setting takes one"),
            ("-----BEGIN EC PRIVATE KEY----- aGVsbG8=", "this is a private key, and no setting takes one"),
            (body, "this is a private key, and no setting takes one"),
            ("one\ntwo", "it has more than one line"),
            ("one\u{2028}two", "it has more than one line"),
        ] {
            let faults = given(&[(name, value)]).settings().unwrap_err();
            assert_eq!(faults.0, [format!("{name}: {problem}")], "{value}");
        }
    }
}

#[test]
fn a_long_name_is_no_secret_for_certain() {
    let path = format!("/tmp/A1{}.db", "a".repeat(70));
    let settings = given(&[("MAINTENANT_DB", &path)]).settings().unwrap();
    assert_eq!(settings.db.to_str(), Some(path.as_str()));
}

#[test]
fn what_a_build_takes_is_left_aside_by_a_run() {
    let given = given(&[("MAINTENANT_LICENSE_PUBLIC_KEY", "x")]);
    assert_eq!(given.settings().err(), None);
}
