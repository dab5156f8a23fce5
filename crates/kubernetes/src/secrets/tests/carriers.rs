//! Each secret in each of the ways in which logs carry one.

use super::mask;
use rstest::rstest;

/// Passwords and tokens, to stand where a carrier has `§`, as people and programs make them.
const SECRETS: [&str; 13] = [
    "hunter2",
    "correcthorse",
    "Tr0ub4dor&3",
    "pa/ss?wo#rd",
    "p@ss,wert;1",
    "(br4ckets)",
    "[x]y9zz",
    "pässwört",
    "s3cr3t!==",
    "-dash3d",
    "a1b2c3d4-0000-4000-8000-1234567890ab",
    "0123456789abcdef0123456789abcdef",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
];

#[rstest]
#[case::environment("HOST=db DB_PASSWORD=§ MODE=x")]
#[case::environment_of_go("[HOST=db DB_PASSWORD=§ MODE=x")]
#[case::assigned("login password=§ failed")]
#[case::exported("+ export PGPASSWORD='§'")]
#[case::json(r#"{"user":"u","password":"§","id":1}"#)]
#[case::json_with_blanks(r#"{ "user": "u", "password" : "§" }"#)]
#[case::json_in_json(r#"{"body":"{\"password\":\"§\"}"}"#)]
#[case::json_in_json_in_json(r#"\\\"password\\\": \\\"§\\\""#)]
#[case::python("{'user': 'u', 'password': '§'}")]
#[case::ruby("{:password=>\"§\"}")]
#[case::rust("Config { user: \"u\", password: \"§\" }")]
#[case::go("{User:u Password:§ Host:db}")]
#[case::yaml("user: u\npassword: §\nhost: db")]
#[case::yaml_in_quotes("user: u\ndb-password: \"§\"\nhost: db")]
#[case::yaml_of_a_chart("  db-password: §\n  host: db")]
#[case::yaml_in_capitals("- DB_PASSWORD: §")]
#[case::header("sent X-Api-Key: § to db")]
#[case::authorization("> Authorization: Bearer §")]
#[case::authorization_of_another_scheme("Authorization: ApiKey §")]
#[case::cookie("Cookie: theme=dark; session=§; x=y")]
#[case::option("run --password § --host db")]
#[case::option_of_a_kind("run --db-password=§ --host db")]
#[case::option_in_quotes("[\"run\", \"--password\", \"§\"]")]
#[case::data_source("host=db user=u password=§ dbname=shop")]
#[case::data_source_in_quotes("cannot parse `host=db password=§ x`: failed")]
#[case::key_and_value("Server=db;User=u;Password=§;Pooling=1")]
#[case::query("GET /login?user=u&access_token=§&x=1 403")]
#[case::address("dial postgres://shop:§@db:5432/shop: refused")]
#[case::address_in_quotes("parse \"postgres://shop:§@db:5432/shop\": refused")]
#[case::addresses("amqp://u:§@h1:5672,amqp://u:§@h2:5672")]
#[case::data_source_of_go("open root:§@tcp(db:3306)/shop")]
#[case::sentence("login with password § as bob")]
#[case::colon_in_a_sentence("wrong password: §")]
fn no_secret_is_left(#[case] carrier: &str) {
    for secret in SECRETS {
        let text = carrier.replace('§', secret);
        let masked = mask(&text);
        assert!(!masked.contains(secret), "{text:?} shows it: {masked:?}");
        assert_eq!(mask(&masked), masked, "of {text:?}");
        // Nor a part of it
        for part in secret.split(|c: char| !c.is_alphanumeric()).filter(|part| part.chars().count() >= 4) {
            assert!(!masked.contains(part), "{text:?} shows {part:?}: {masked:?}");
        }
    }
}

/// Where quotes tell the end, blanks and quotes may be in it.
#[rstest]
#[case::assigned("login PASSWORD=\"§\" failed")]
#[case::as_a_whole("login \"PASSWORD=§\" failed")]
#[case::json(r#"{"password":"§","id":1}"#)]
#[case::json_in_json(r#"{\"password\": \"§\", \"id\": 1}"#)]
#[case::yaml("password: '§'")]
#[case::option("run --password '§' --host db")]
#[case::sentence("login with password \"§\" as bob")]
fn no_word_of_a_secret_is_left(#[case] carrier: &str) {
    for secret in ["two words", "four words, no signs", "words: {of} [many] kinds;"] {
        let masked = mask(&carrier.replace('§', secret)).into_owned();
        assert_eq!(masked, carrier.replace('§', "***"));
        assert_eq!(mask(&masked), masked);
    }
}

/// What providers say that their tokens look like.
#[rstest]
#[case("ghp_16C7e42F292c6912E7710c838347Ae178B4a")]
#[case("github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz0123456789")]
#[case("gho_16C7e42F292c6912E7710c838347Ae178B4a")]
#[case("glpat-z_sxgtrfAxKr8q1TPY8Y")]
#[case("SIE-glpat-z_sxgtrfAxKr8q1TPY8Y")]
#[case("xoxb-123456789012-abcDEF")]
#[case("sk_live_4eC39HqLyjWDarjtT1zdp7dc")]
#[case("rk_live_4eC39HqLyjWDarjtT1zdp7dc")]
#[case("sk-proj-4eC39HqLyjWDarjtT1zdp7dc")]
#[case("sk-4eC39HqLyjWDarjtT1zdp7dc4eC39HqLyjWDarjtT1zdp7dc")]
#[case("sk-ant-api03-4eC39HqLyjWDarjtT1zdp7dc")]
#[case("AIzaSyA1234567890abcdefghijklmnopqrstuv")]
#[case("ya29.a0AfH6SMBx1234567890")]
#[case("hvs.CAESIJ1234567890abcdef")]
#[case("hvb.AAAAAQJ1234567890abcdef")]
#[case("npm_aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789")]
#[case("pypi-AgEIcHlwaS5vcmcCJDEyMzQ1Njc4")]
#[case("dop_v1_0123456789abcdef0123456789abcdef")]
#[case("SG.ngeVfQFYQlKU0ufo8x5d1A.TwL2iGABf9DHoTf09kqeF8tAmbihYzrnopKc1s5cr")]
#[case("hf_aBcDeFgHiJkLmNoPqRsTuVwXyZ01234567")]
#[case("dckr_pat_aBcDeFgHiJkLmNoPqRsTuVwXyZ0")]
#[case("dapi0123456789abcdef0123456789abcdef")]
#[case("shpat_0123456789abcdef0123456789abcdef")]
#[case("SK0123456789abcdef0123456789abcdef")]
#[case("AKIAIOSFODNN7EXAMPLE")]
#[case("ASIAIOSFODNN7EXAMPLE")]
#[case("AGE-SECRET-KEY-1QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L")]
#[case("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl")]
fn a_token_is_known_by_how_it_begins(#[case] token: &str) {
    let beginning = token.strip_prefix("SIE-").map_or("", |_| "SIE-");
    for (before, behind) in [("got ", " twice"), ("", ""), ("(\"", "\")"), ("id:", ", x"), ("a/", ".")] {
        let masked = mask(&format!("{before}{token}{behind}")).into_owned();
        assert_eq!(masked, format!("{before}{beginning}***{behind}"));
    }
}
