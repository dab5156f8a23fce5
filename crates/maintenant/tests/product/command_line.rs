//! What may be said on the command line and in the environment, and what is answered.

use std::net::TcpListener;
use std::time::Duration;

use lab::{Exit, Program};

use crate::kubeconfig::{write_file, write_plain};
use crate::watcher::program;

const SOON: Duration = Duration::from_secs(30);

/// Ends with that code; on standard error are all those texts, and nothing is on standard output.
#[track_caller]
fn check(program: &Program, code: i32, texts: &[&str]) -> Exit {
    let exit = program.run(SOON);
    assert_eq!(exit.code, Some(code), "{exit:?}");
    for text in texts {
        assert!(exit.stderr.contains(text), "`{text}` is not in:\n{}", exit.stderr);
    }
    assert_eq!(exit.stdout, "", "complaints are no data");
    exit
}

#[test]
fn all_faults_are_listed_at_once() {
    let faulty = program()
        .args(["serve", "--adr", ":80", "--colour=red", "--addr", "somewhere", "--db"])
        .env("MAINTENANT_BASE_URL", "nowhere")
        .env("MAINTENANT_K8S_NAMESPACE", "shop")
        .env("MAINTENANT_K8S_NAMESPACES", "shop,Team_A,-x")
        .env("MAINTENANT_K8S_EXCLUDE_NAMESPACES", "a b")
        .env("MAINTENANT_LOG_LEVEL", "loud")
        .env("MAINTENANT_RUNTIME", "podman")
        .env("MAINTENANT_DATABASE_URL", "postgres://db");
    let complaints = [
        "--adr ",
        "--colour ",
        "--db <VALUE>",
        "--addr: `somewhere`",
        "MAINTENANT_BASE_URL: `nowhere`",
        "MAINTENANT_K8S_NAMESPACE is not a setting; did you mean MAINTENANT_K8S_NAMESPACES?",
        "`Team_A`",
        "`-x`",
        "`a b`",
        "MAINTENANT_LOG_LEVEL: `loud`",
        "MAINTENANT_RUNTIME: `podman`",
        "MAINTENANT_DATABASE_URL is not in this version",
        "12 faults",
    ];
    check(&faulty, 2, &complaints);
}

#[test]
fn unknown_words_and_values_end_with_2_and_name_themselves() {
    for (arguments, texts) in [
        (&["server"][..], &["server"][..]),
        (&["--addr"], &["--addr"]),
        (&["--addr", "8080"], &["--addr", "`8080`", "127.0.0.1:8080"]),
        (&["status", "--namespace", "x"], &["--namespace"]),
        (&["config", "--k8s-contexts", "a,,=b"], &["--k8s-contexts", "`=b`"]),
        (&["--base-url", "example.com"], &["--base-url", "`example.com`"]),
    ] {
        let exit = program().args(arguments).run(SOON);
        assert_eq!(exit.code, Some(2), "{arguments:?}: {exit:?}");
        for text in texts {
            assert!(exit.stderr.contains(text), "`{text}` is not in:\n{}", exit.stderr);
        }
    }
}

#[test]
fn what_kubernetes_sets_for_a_service_of_its_name_is_no_setting() {
    let injected = [
        ("MAINTENANT_PORT", "tcp://10.0.0.1:80"),
        ("MAINTENANT_PORT_80_TCP_ADDR", "10.0.0.1"),
        ("MAINTENANT_SERVICE_HOST", "10.0.0.1"),
        ("MAINTENANT_SERVICE_PORT_HTTP", "8443"),
    ];
    let program =
        injected.iter().fold(program().args(["config"]), |program, (name, value)| program.env(name, value));
    let kubeconfig = write_plain(program.directory(), "http://127.0.0.1:9");
    let program = program.kubeconfig(&kubeconfig);
    let exit = program.run(SOON);
    assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""));
    assert!(exit.stdout.contains("127.0.0.1:8080"), "{}", exit.stdout);
    for (name, value) in injected {
        assert!(!exit.stdout.contains(name) && !exit.stdout.contains(value), "{}", exit.stdout);
    }
}

#[test]
fn config_tells_where_each_value_came_from_and_no_secret() {
    let program = program();
    let kubeconfig = write_plain(program.directory(), "http://127.0.0.1:9");
    let exit = program
        .clone()
        .args(["config", "--addr", "127.0.0.1:9000"])
        .kubeconfig(&kubeconfig)
        .env("MAINTENANT_ADDR", "127.0.0.1:9001")
        .env("MAINTENANT_DB", "history.db")
        .run(SOON);
    assert_eq!(exit.code, Some(0), "{exit:?}");
    for (name, value, origin) in [
        ("MAINTENANT_ADDR", "127.0.0.1:9000", "(--addr)"),
        ("MAINTENANT_DB", "history.db", "(environment)"),
        ("MAINTENANT_LOG_LEVEL", "info", "(default)"),
    ] {
        let mut lines = exit.stdout.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        assert!(lines.any(|line| line == [name, value, origin]), "{name}:\n{}", exit.stdout);
    }

    let secret = program
        .args(["config"])
        .kubeconfig(&kubeconfig)
        .env("MAINTENANT_LICENSE_KEY", "eyJhbGciOi")
        .run(SOON);
    assert_eq!((secret.code, secret.stderr.as_str()), (Some(0), ""));
    let shown = secret.stdout.lines().find(|line| line.starts_with("MAINTENANT_LICENSE_KEY "));
    assert!(shown.is_some_and(|line| line.ends_with("********  (environment)")), "{}", secret.stdout);
    assert!(!secret.stdout.contains("eyJhbGciOi"), "{}", secret.stdout);
}

#[test]
fn help_fits_a_screen_and_is_data() {
    for arguments in [
        &["--help"][..],
        &["serve", "--help"],
        &["demo", "--help"],
        &["status", "--help"],
        &["check", "--help"],
        &["license", "--help"],
        &["license", "issue", "--help"],
        &["help"],
        &["help", "check"],
    ] {
        let exit = program().args(arguments).run(SOON);
        assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""), "{arguments:?}");
        let lines = exit.stdout.lines().count();
        assert!((5..=50).contains(&lines), "{arguments:?}: {lines} lines:\n{}", exit.stdout);
    }
}

#[test]
fn help_is_the_same_however_it_is_asked_for() {
    for (word, flag) in [(&["help"][..], &["--help"][..]), (&["help", "check"], &["check", "--help"])] {
        let [word, flag] = [word, flag].map(|arguments| program().args(arguments).run(SOON));
        assert_eq!(word, flag);
    }
}

#[test]
fn docker_is_refused_in_a_sentence() {
    let sentence = "the Docker runtime is not in this version";
    check(
        &program().env("MAINTENANT_RUNTIME", "docker"),
        2,
        &[sentence, "MAINTENANT_RUNTIME is docker", "demo"],
    );
    // Nothing says where a cluster is: what is left is Docker.
    check(&program(), 2, &[sentence, "KUBECONFIG", "demo"]);
}

#[test]
fn a_missing_kubeconfig_or_context_is_named() {
    check(&program().env("KUBECONFIG", "/nowhere/kubeconfig"), 2, &["/nowhere/kubeconfig"]);

    let named = program();
    let kubeconfig = write_plain(named.directory(), "http://127.0.0.1:9");
    let named = named.kubeconfig(&kubeconfig);
    let contexts = named.clone().env("MAINTENANT_K8S_CONTEXTS", "prod,dev=test");
    check(&contexts, 2, &["`prod`", "`test`", "lab"]);
    let collision = named.env("MAINTENANT_K8S_CONTEXTS", "a=lab,a=lab");
    check(&collision, 2, &["`a`"]);

    let broken = program();
    let file = broken.directory().join("kubeconfig");
    write_file(&file, "clusters: {token: hush");
    let exit = check(&broken.kubeconfig(&file), 2, &[file.to_str().unwrap()]);
    assert!(!exit.stderr.contains("hush"), "nothing of the file is said: {}", exit.stderr);
}

#[test]
fn config_refuses_what_serve_refuses_in_the_same_words() {
    let program = program();
    let kubeconfig = write_plain(program.directory(), "http://127.0.0.1:9");
    let watching = program.clone().kubeconfig(&kubeconfig);
    let docker = "the Docker runtime is not in this version";
    for (program, texts) in [
        (program.clone(), &[docker, "1 fault "][..]),
        (watching.clone().env("MAINTENANT_RUNTIME", "docker"), &[docker, "1 fault "]),
        (
            watching.clone().env("MAINTENANT_RUNTIME", "docker").env("MAINTENANT_ADDR", "x"),
            &[docker, "MAINTENANT_ADDR: `x`", "2 faults"],
        ),
        (
            watching.clone().env("MAINTENANT_K8S_CONTEXTS", "nope").env("MAINTENANT_LOG_LEVEL", "loud"),
            &["no context `nope`: it has `lab`", "`loud`", "2 faults"],
        ),
        (program.clone().env("KUBECONFIG", "/nowhere/kubeconfig"), &["/nowhere/kubeconfig"]),
    ] {
        let [serve, config] = ["serve", "config"].map(|command| program.clone().args([command]).run(SOON));
        assert_eq!((serve.code, config.code), (Some(2), Some(2)), "{config:?}");
        assert_eq!(serve.stderr, config.stderr);
        for text in texts {
            assert!(config.stderr.contains(text), "`{text}` is not in:\n{}", config.stderr);
        }
    }
}

#[test]
fn a_port_in_use_is_named_with_the_flag_that_chooses_another() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let program = program();
    let kubeconfig = write_plain(program.directory(), "http://127.0.0.1:9");
    let exit = program.kubeconfig(&kubeconfig).env("MAINTENANT_ADDR", &address).run(SOON);
    assert_eq!(exit.code, Some(1), "{exit:?}");
    assert!(exit.stderr.contains(&address) && exit.stderr.contains("--addr"), "{}", exit.stderr);
}
