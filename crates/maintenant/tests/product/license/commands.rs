//! `maintenant license`: what a key is worth, and how the vendor makes one.

use crate::kubeconfig::write_file;
use crate::watcher::program;
use std::os::unix::fs::PermissionsExt;

use super::{ANOTHER, END, ISSUED, NAME, PRIVATE_KEY, assert_absent, in_days, issue, key};

#[test]
fn verify_tells_what_a_key_is_worth() {
    let another = issue(ANOTHER, &["--licensee", "ACME", "--expires", "2099-12-31"]).stdout;
    let valid = key(ISSUED, "2099-12-31");
    for (key, code, told, complaint) in [
        (
            &valid,
            0,
            &[
                "state     valid",
                "licensee  ACME GmbH",
                "edition   enterprise",
                "features  audit, sso",
                "issued    2020-01-01T00:00:00Z",
                "expires   2099-12-31T23:59:59Z",
            ][..],
            "",
        ),
        (&key(ISSUED, &in_days(-1)), 0, &["state     grace", "29 more days of grace"], ""),
        (&key(ISSUED, &in_days(-31)), 1, &["state     expired", "licensee  ACME GmbH"], "grace are over"),
        (&key(&in_days(1), &in_days(2)), 1, &["state     not_yet_valid"], "begins on"),
        (&another, 1, &["state     invalid"], "not that of this build's vendor"),
        (&"hello".to_owned(), 1, &["state     invalid"], "no licence key"),
    ] {
        let program = program();
        let file = program.directory().join("key");
        write_file(&file, &format!("{key}\n"));
        let verify = program.args(["license", "verify"]);
        let exits = [
            verify.clone().env(NAME, key).run(END),
            verify.args(["--key-file", file.to_str().unwrap()]).run(END),
        ];
        assert_eq!(exits[0], exits[1], "wherever the key is");
        let exit = &exits[0];
        assert_eq!(exit.code, Some(code), "{exit:?}");
        for text in told {
            assert!(exit.stdout.contains(text), "`{text}` is not in:\n{}", exit.stdout);
        }
        assert!(
            exit.stderr.contains(complaint) && exit.stderr.is_empty() == complaint.is_empty(),
            "{exit:?}"
        );
        for text in ["MAINTENANT_", "monitoring", "Until then"] {
            assert!(!exit.stderr.contains(text) && !exit.stdout.contains(text), "`{text}`: {exit:?}");
        }
        assert_absent(key, "verify", format!("{exit:?}").as_bytes());
    }
    for (arguments, text) in [
        (&["license", "verify"][..], "no licence key: set MAINTENANT_LICENSE_KEY"),
        (&["license", "verify", "--key-file", "/nowhere/key"], "`/nowhere/key`"),
        // Nothing is on standard input.
        (&["license", "verify", "--key-file", "-"], "`-`: there is no key in it"),
        (&["license"], "verify"),
        (&["license", "check"], "'check'"),
    ] {
        let exit = program().args(arguments).run(END);
        assert_eq!(exit.code, Some(2), "{arguments:?}: {exit:?}");
        assert!(exit.stderr.contains(text), "`{text}` is not in:\n{}", exit.stderr);
    }
}

#[test]
fn what_can_not_be_issued_is_said() {
    let last = issue(PRIVATE_KEY, &["--licensee", "ACME", "--expires", "9999-12-29"]);
    assert_eq!((last.code, last.stderr.as_str()), (Some(0), ""));
    let year = ["--licensee", "ACME", "--expires", "2099-12-31"];
    for (private, flags, text) in [
        (PRIVATE_KEY, &["--licensee", "ACME", "--expires", "soon"][..], "--expires: `soon`: a day in UTC"),
        (PRIVATE_KEY, &["--licensee", "ACME", "--expires", "2099-02-30"], "--expires: `2099-02-30`"),
        (PRIVATE_KEY, &["--licensee", "ACME", "--expires", "2000-01-01"], "expires before it begins"),
        (PRIVATE_KEY, &["--licensee", "", "--expires", "2099-12-31"], "licensee"),
        (PRIVATE_KEY, &["--licensee", "ACME"], "--expires"),
        (PRIVATE_KEY, &["--expires", "2099-12-31"], "--licensee"),
        (
            PRIVATE_KEY,
            &["--licensee", "A", "--expires", "2099-12-31", "--features", "S S O"],
            "--features: `S S O`: names of a-z",
        ),
        (
            PRIVATE_KEY,
            &["--licensee", "A", "--expires", "2099-12-31", "--features", "audit,Sso,b_b"],
            "2 faults on the command line:\n  - --features: `Sso`: names of a-z",
        ),
        (
            PRIVATE_KEY,
            &["--licensee", "A", "--expires", "9999-12-31"],
            "--expires: `9999-12-31`: 9999-12-29 is the last possible day",
        ),
        (PRIVATE_KEY, &["--licensee", "A\u{202e}B", "--expires", "2099-12-31"], "licensee"),
        ("hello", &year, "this is no private key"),
        ("-----BEGIN PRIVATE KEY-----\naGVsbG8=\n-----END PRIVATE KEY-----", &year, "no Ed25519 private key"),
        (
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\naGVsbG8=\n-----END ENCRYPTED PRIVATE KEY-----",
            &year,
            "passphrase",
        ),
    ] {
        let exit = issue(private, flags);
        assert_eq!((exit.code, exit.stdout.as_str()), (Some(2), ""), "{flags:?}: {exit:?}");
        assert!(exit.stderr.contains(text), "`{text}` is not in:\n{}", exit.stderr);
        assert!(!exit.stderr.contains(PRIVATE_KEY) && !exit.stderr.contains("aGVsbG8="), "{}", exit.stderr);
    }
    for inline in [PRIVATE_KEY, "-----BEGIN PRIVATE KEY----- aGVsbG8="] {
        let exit = program().args(["license", "public-key", "--private-key", inline]).run(END);
        assert_eq!(exit.code, Some(2), "{exit:?}");
        let told = exit.stderr.contains("--private-key: this is a private key itself");
        assert!(told || exit.stderr.contains("(a private key, not shown)"), "{exit:?}");
        assert!(!exit.stderr.contains(PRIVATE_KEY) && !exit.stderr.contains("aGVsbG8"), "{exit:?}");
    }
}

#[test]
fn a_key_pair_of_openssl_is_taken() {
    let program = program();
    let script = "umask 077; openssl genpkey -algorithm ed25519 -out vendor.key
        openssl pkey -in vendor.key -pubout -outform DER | tail -c 32 | base64";
    let made =
        std::process::Command::new("sh").args(["-ec", script]).current_dir(program.directory()).output();
    let made = made.expect("sh can be run");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let public_key = program.clone().args(["license", "public-key", "--private-key", "vendor.key"]).run(END);
    assert_eq!((public_key.code, public_key.stderr.as_str()), (Some(0), ""));
    assert_eq!(public_key.stdout.as_bytes(), made.stdout);

    let file = program.directory().join("vendor.key");
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o644)).unwrap();
    let flags = ["--private-key", "vendor.key", "--licensee", "ACME", "--expires", "2099-12-31"];
    let issued = program.args(["license", "issue"]).args(flags).run(END);
    assert_eq!(issued.code, Some(0), "{issued:?}");
    assert!(issued.stdout.starts_with("maintenant1."), "{issued:?}");
    assert!(issued.stderr.contains("chmod 600"), "{}", issued.stderr);
}
