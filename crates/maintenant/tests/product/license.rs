//! The licence: what the product makes of a key, and that it never tells the key.

mod commands;

use std::collections::HashSet;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lab::{Exit, Program, Server, until};
use serde_json::{Value, json};
use simulator::Simulator;

use crate::kubeconfig::{write_file, write_plain};
use crate::rows::{SOON, wait_health};
use crate::simulated::{NAMESPACE, deploy, running, start};
use crate::watcher::program;

const END: Duration = Duration::from_secs(30);
/// The private key whose public key stands in `build/public_key.rs`: 32 bytes that say so.
const PRIVATE_KEY: &str = "a25vd24gdG8gZXZlcnlvbmU6IGZvciB0aGUgdGVzdHM=";
/// That of somebody else.
const ANOTHER: &str = "TM0Imyj/ltqdtsNG7BFOD1uKMZ81q6Yk2oz27U+4pvs=";
const NAME: &str = "MAINTENANT_LICENSE_KEY";
const ISSUED: &str = "2020-01-01";

/// In so many days less a half, so that no day ends while a test runs.
fn in_days(days: i64) -> String {
    let time = now() + SignedDuration::from_hours(24 * days - 12);
    Timestamp::from_second(time.as_second()).expect("it is a year of now").to_string()
}

#[expect(clippy::disallowed_methods, reason = "the product compares with the time of the machine")]
fn now() -> Timestamp {
    Timestamp::now()
}

fn private_key(directory: &Path, text: &str) -> String {
    let file = directory.join("vendor.key");
    write_file(&file, text);
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).expect("the file is ours");
    file.to_str().expect("a path of the tests is UTF-8").to_owned()
}

fn issue(private: &str, flags: &[&str]) -> Exit {
    let program = program();
    let file = private_key(program.directory(), private);
    program.args(["license", "issue", "--private-key", &file]).args(flags.iter().copied()).run(END)
}

/// A key of the tests' vendor.
#[track_caller]
fn key(issued: &str, expires: &str) -> String {
    let exit = issue(
        PRIVATE_KEY,
        &["--licensee", "ACME GmbH", "--features", "audit, sso", "--issued", issued, "--expires", expires],
    );
    assert_eq!(exit.code, Some(0), "{exit:?}");
    let told = exit.stderr.contains("this key is past its end already: The licence of ACME GmbH expired on");
    assert!(told || exit.stderr.is_empty(), "{exit:?}");
    assert_eq!(told, is_past(expires), "{exit:?}");
    exit.stdout.trim_end().to_owned()
}

/// Whether a time of `in_days` is behind; a day of the tests is not.
fn is_past(expires: &str) -> bool {
    expires.parse::<Timestamp>().is_ok_and(|expires| expires < now())
}

async fn watching(key: &str) -> (Simulator, Program) {
    let (simulator, program) = start(Simulator::builder()).await;
    deploy(&simulator, "web", &[running()]);
    (simulator, program.env(NAME, key).env("MAINTENANT_LOG_LEVEL", "trace"))
}

/// Nothing of a key stands in what was said.
#[track_caller]
fn assert_absent(key: &str, place: &str, said: &[u8]) {
    const LENGTH: usize = 12;
    let key: Vec<u8> = key.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    // What each key begins with stands in notices too.
    let parts: HashSet<&[u8]> = key.windows(LENGTH).filter(|part| *part != b"maintenant1.").collect();
    // As it would be read by whoever puts lines together again.
    let joined = String::from_utf8_lossy(said).replace("\\n", "\n");
    let joined: Vec<u8> = joined.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    for said in [said, &joined] {
        if let Some(part) = said.windows(LENGTH).find(|window| parts.contains(window)) {
            let (part, said) = (String::from_utf8_lossy(part), String::from_utf8_lossy(said));
            panic!("`{part}` is in {place}:\n{said}");
        }
    }
}

/// All that the server answers to whoever knows its routes.
fn answers(server: &Server) -> Vec<(String, Vec<u8>)> {
    let document = server.get_json("/api/v1/openapi.json");
    let routes = document["paths"].as_object().expect("it has routes").keys().cloned();
    let whole = routes.filter(|path| !path.ends_with("/stream")).map(|path| {
        let path = path.replace("{cluster}", "lab").replace("{namespace}", NAMESPACE);
        path.replace("{kind}", "Deployment").replace("{name}", "web")
    });
    whole.chain(["/".into()]).map(|path| (path.clone(), server.get(&path).body)).collect()
}

/// The product watches with that key, stands so, and tells it; the key is nowhere.
#[track_caller]
fn check(program: &Program, key: &str, expected: &Value, said: &[&str]) {
    let server = program.serve();
    server.wait_ready();
    wait_health(&server, [NAMESPACE, "Deployment", "web"], "healthy");
    let license = server.get_json("/api/v1/license");
    for (name, value) in expected.as_object().expect("what is expected is an object") {
        assert_eq!(&license[name], value, "{name}: {license}");
    }
    let notice = license["notice"].as_str();
    if let Some(notice) = notice {
        until("the notice is logged", SOON, || {
            let log = server.stderr();
            if log.contains(notice) { Ok(()) } else { Err(log) }
        });
    }
    for (path, body) in answers(&server) {
        assert_absent(key, &path, &body);
    }
    let exit = server.terminate();
    assert_eq!(exit.code, Some(0), "{}", exit.stderr);
    let warnings =
        exit.stderr.lines().filter(|line| line.contains("licence") && line.contains("WARN")).count();
    assert_eq!(warnings, usize::from(notice.is_some()), "it is said once:\n{}", exit.stderr);
    for text in said {
        assert!(exit.stderr.contains(text), "`{text}` is not in:\n{}", exit.stderr);
    }
    assert_absent(key, "the log", exit.stderr.as_bytes());
    assert_absent(key, "the output", exit.stdout.as_bytes());
    for file in std::fs::read_dir(program.directory())
        .expect("it is there")
        .map(|file| file.expect("it can be listed").path())
    {
        let name = file.display().to_string();
        assert_absent(key, &name, name.as_bytes());
        if file.is_file() {
            assert_absent(key, &name, &std::fs::read(&file).expect("it can be read"));
        }
    }
    let config = program.clone().args(["config"]).run(END);
    assert_eq!(config.code, Some(0), "a key that is no good is no fault: {config:?}");
    assert!(config.stdout.contains("********"), "{}", config.stdout);
    assert_absent(key, "config", format!("{config:?}").as_bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_licence_unlocks_enterprise() {
    let expires = in_days(30);
    // A Secret that was made of a file ends with a line break.
    let key = format!("{}\n", key(ISSUED, &expires));
    let (_simulator, program) = watching(&key).await;
    let expected = json!({
        "edition": "enterprise", "state": "valid", "licensee": "ACME GmbH", "features": ["audit", "sso"],
        "issued_at": "2020-01-01T00:00:00Z", "expires_at": expires, "notice": null,
    });
    check(&program, &key, &expected, &["ACME GmbH", "the Enterprise licence is in force"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_licence_has_thirty_days_of_grace() {
    let key = key(ISSUED, &in_days(-10));
    let (_simulator, program) = watching(&key).await;
    let expected = json!({"edition": "enterprise", "state": "grace", "features": ["audit", "sso"]});
    check(&program, &key, &expected, &["Enterprise goes on for 20 more days of grace", "ACME GmbH"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_grace_monitoring_goes_on_as_community() {
    let key = key(ISSUED, &in_days(-31));
    let (_simulator, program) = watching(&key).await;
    let expected =
        json!({"edition": "community", "state": "expired", "features": [], "licensee": "ACME GmbH"});
    check(
        &program,
        &key,
        &expected,
        &["its 30 days of grace are over", "monitoring goes on", "or unset MAINTENANT_LICENSE_KEY"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_licence_that_begins_later_is_not_in_force_yet() {
    let key = key(&in_days(2), &in_days(30));
    let (_simulator, program) = watching(&key).await;
    let expected = json!({"edition": "community", "state": "not_yet_valid", "features": []});
    check(&program, &key, &expected, &["begins on", "clock"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_no_good_keeps_nobody_from_monitoring() {
    let whole = key(ISSUED, &in_days(30));
    let foreign = issue(ANOTHER, &["--licensee", "ACME", "--expires", &in_days(30)]);
    assert!(foreign.stderr.contains("this build carries another public key"), "{foreign:?}");
    let rows = [
        (whole[..whole.len() - 10].to_owned(), "damaged"),
        (foreign.stdout.trim_end().to_owned(), "not that of this build's vendor"),
        (whole.replacen("maintenant1", "maintenant2", 1), "upgrade maintenant"),
        (whole.replacen("maintenant1.", "", 1), "no licence key"),
        ("correct horse battery staple".to_owned(), "no licence key"),
        (whole.repeat(20), "longer than 4096 bytes"),
    ];
    for (key, text) in rows {
        let (_simulator, program) = watching(&key).await;
        let expected =
            json!({"edition": "community", "state": "invalid", "licensee": null, "issued_at": null});
        check(&program, &key, &expected, &[text, "this is Community; monitoring goes on"]);
    }
}

#[test]
fn a_key_in_the_wrong_place_is_not_repeated() {
    let key = key(ISSUED, &in_days(30));
    let program = program();
    let kubeconfig = write_plain(program.directory(), "http://127.0.0.1:9");
    let program = program.kubeconfig(&kubeconfig);
    let given = |arguments: &[&str]| program.clone().args(arguments.iter().copied());
    let (belongs, secret) =
        ("this is a licence key; set MAINTENANT_LICENSE_KEY", "is not a flag, since others see");
    let assigned = format!("--license-key={key}");
    for (program, text) in [
        (given(&["serve"]).env("MAINTENANT_ADDR", &key), belongs),
        (given(&["serve"]).env("MAINTENANT_DB", &key), belongs),
        (given(&["config"]).env("MAINTENANT_CLUSTER", &key), belongs),
        (given(&["serve"]).env("MAINTENANT_K8S_NAMESPACES", format!("shop,{key}")), belongs),
        (given(&["serve"]).env("MAINTENANT_LICENCE_KEY", &key), "did you mean MAINTENANT_LICENSE_KEY?"),
        (given(&["serve"]).env(format!("MAINTENANT_{key}"), "x"), "is not a setting"),
        (given(&["--addr", &key]), belongs),
        (given(&["status", "--url", &key]), "--url"),
        (given(&["--license-key", &key]), secret),
        (given(&[&assigned, "serve"]), secret),
        (given(&[&key]), "unrecognized subcommand"),
        (given(&["serve", &key]), "unexpected argument"),
        (given(&["check", "-n", &key]), "--namespace"),
        (given(&["license", "verify", &key]), "unexpected argument"),
        (given(&["license", "verify", "--key-file", &key]), "--key-file"),
        (given(&["license", "issue", "--expires", &key]), "required"),
        (given(&[&format!("--{key}")]), "is not a flag"),
        (given(&[&format!("-{key}")]), "unexpected argument"),
    ] {
        let exit = program.run(END);
        assert!(matches!(exit.code, Some(2 | 3)), "{exit:?}");
        assert!(exit.stderr.contains(text), "`{text}` is not in:\n{}", exit.stderr);
        assert_absent(&key, "the complaint", format!("{exit:?}").as_bytes());
    }
}

#[test]
fn a_secret_of_several_lines_is_not_repeated() {
    let key = key(ISSUED, &in_days(30));
    let program = program();
    let kubeconfig = write_plain(program.directory(), "http://127.0.0.1:9");
    let program = program.kubeconfig(&kubeconfig);
    for width in [20, 40, 50, 60, 64, 76] {
        let lines: Vec<&str> =
            key.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap()).collect();
        let folded = lines.join("\n");
        let given = |arguments: &[&str]| program.clone().args(arguments.iter().copied());
        for (program, text) in [
            (given(&["config"]).env("MAINTENANT_ADDR", &folded), "this is a licence key"),
            (given(&["serve"]).env("MAINTENANT_DB", &folded), "this is a licence key"),
            (given(&["config"]).env("MAINTENANT_CLUSTER", &folded), "this is a licence key"),
            (given(&["config"]).env("MAINTENANT_CLUSTER", lines[1..].join("\n")), "more than one line"),
            (given(&["config"]).env("MAINTENANT_CLUSTER", lines.join(" ")), "this is a licence key"),
            (given(&["license", "verify", "--key-file", &folded]), "--key-file"),
            (given(&[&folded]), "unrecognized subcommand"),
            (given(&["serve", &folded]), "unexpected argument"),
        ] {
            let exit = program.run(END);
            assert_eq!(exit.code, Some(2), "{width}: {exit:?}");
            assert!(exit.stderr.contains(text), "`{text}` is not in:\n{}", exit.stderr);
            assert_absent(&key, "the output", exit.stdout.as_bytes());
            assert_absent(&key, "the complaint", exit.stderr.as_bytes());
        }
    }
    let pem = format!("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEI{key}\n-----END PRIVATE KEY-----\n");
    for name in ["MAINTENANT_CLUSTER", "MAINTENANT_DB", "MAINTENANT_K8S_NAMESPACES"] {
        let exit = program.clone().args(["config"]).env(name, &pem).run(END);
        assert_eq!(exit.code, Some(2), "{exit:?}");
        assert!(exit.stderr.contains("this is a private key"), "{exit:?}");
        assert_absent(&pem, "the output", format!("{exit:?}").as_bytes());
    }
}
