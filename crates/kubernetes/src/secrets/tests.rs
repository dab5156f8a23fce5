mod carriers;
mod causes;

use super::mask;
use rstest::rstest;

#[rstest]
#[case::address(
    "dial postgres://shop:s3cret@db:5432/shop failed",
    "dial postgres://shop:***@db:5432/shop failed"
)]
#[case::token_as_user("clone https://ghp_abc@github.com/o/r", "clone https://***@github.com/o/r")]
#[case::data_source("open root:hunter2@tcp(db:3306)/shop", "open root:***@tcp(db:3306)/shop")]
#[case::two_words(r#"{"password": "two words", "user": "shop"}"#, r#"{"password": "***", "user": "shop"}"#)]
#[case::in_quotes("PASSWORD='two words' rejected", "PASSWORD='***' rejected")]
#[case::never_closed("PASSWORD='two words\nnext line", "PASSWORD='***\nnext line")]
#[case::abbreviated("Server=db;Pwd=hunter2", "Server=db;Pwd=***")]
#[case::the_first_of_two("Password=hunter2;Token=abc", "Password=***")]
#[case::assigned("DB_PASSWORD=hunter2 rejected", "DB_PASSWORD=*** rejected")]
#[case::abbreviated_behind_a_name("DBPASS=hunter dbPass: hunter2", "DBPASS=*** dbPass: ***")]
#[case::assigned_apart("password = hunter rejected", "password = *** rejected")]
#[case::a_key_of_a_secret("AWS_SECRET_ACCESS_KEY=abc", "AWS_SECRET_ACCESS_KEY=***")]
#[case::in_a_query("GET /login?access_token=abc", "GET /login?access_token=***")]
#[case::json(r#"{"clientSecret":"abc","id":1}"#, r#"{"clientSecret":"***","id":1}"#)]
#[case::json_in_json(r#"body {\"password\":\"abc\"}"#, r#"body {\"password\":\"***\"}"#)]
#[case::apart("token: abc123 expired", "token: *** expired")]
#[case::with_a_colon("connecting with password: hunter to db", "connecting with password: *** to db")]
#[case::after_a_level("ERROR password: hunter rejected", "ERROR password: *** rejected")]
#[case::at_the_end("invalid password: letmein", "invalid password: ***")]
#[case::one_that_looks_like_it("invalid password: hunter2 for bob", "invalid password: *** for bob")]
#[case::header("Authorization: Bearer abc.def sent", "Authorization: Bearer ***")]
#[case::basic("authorization: Basic aHVudGVyOjI= sent", "authorization: Basic ***")]
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
#[case::right_behind_an_option("mysql -uroot -phunter failed", "mysql -uroot -p*** failed")]
#[case::of_a_program_with_a_path(
    "exec `/usr/bin/mysqldump -phunter`: exit 2",
    "exec `/usr/bin/mysqldump -p***`: exit 2"
)]
#[case::of_another_program_if_it_looks_like_it("bad arg -pQWERTY1", "bad arg -p***")]
#[case::behind_a_user("curl -u admin:hunter https://x.example/", "curl -u admin:*** https://x.example/")]
#[case::behind_a_user_without_a_blank("curl  -uadmin:hunter x", "curl  -uadmin:*** x")]
#[case::of_a_connection_string(
    "Server=db;Password=two words;Encrypt=no",
    "Server=db;Password=***;Encrypt=no"
)]
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
#[case::unknown_schemes("Authorization: ApiKey abcdef", "Authorization: ApiKey ***")]
#[case::a_token_as_scheme("Authorization: Token abcdef", "Authorization: Token ***")]
#[case::negotiated("Authorization: Negotiate YIIabcdef", "Authorization: Negotiate ***")]
#[case::a_scheme_of_ones_own("> Authorization: Frob abcdef", "> Authorization: ***")]
#[case::without_a_scheme("Proxy-Authorization: abcdef", "Proxy-Authorization: ***")]
#[case::a_signed_request(
    "Authorization: AWS4-HMAC-SHA256 Credential=AKIA/x, SignedHeaders=host, Signature=fe5f",
    "Authorization: ***"
)]
#[case::a_quoted_header(
    "curl -H 'Authorization: Token abcdef' -H \"Cookie: a=1; b=2\" https://api",
    "curl -H 'Authorization: Token ***' -H \"Cookie: ***\" https://api"
)]
#[case::headers_of_go(
    "map[Authorization:[Bearer abcdef] Cookie:[a=b; c=d] Host:[db]]",
    "map[Authorization:[***] Cookie:[***] Host:[db]]"
)]
#[case::headers_in_json(
    r#"{"Authorization":"Bearer abcdef","Accept":"*/*"}"#,
    r#"{"Authorization":"***","Accept":"*/*"}"#
)]
#[case::a_slash(
    "parse \"postgres://shop:pa/ss@db:5432/shop\": invalid port \":pa\" after host",
    "parse \"postgres://shop:***@db:5432/shop\": invalid port \":***\" after host"
)]
#[case::a_question("dial postgres://shop:pa?ss#x@db/shop", "dial postgres://shop:***@db/shop")]
#[case::signs_at("dial postgres://shop:p@ss,word\"x@db/shop", "dial postgres://shop:***@db/shop")]
#[case::a_slash_in_a_data_source("open root:hun/ter2@tcp(db:3306)/shop", "open root:***@tcp(db:3306)/shop")]
#[case::a_part_as_port(
    "ValueError: Port could not be cast to integer value as 'pa'",
    "ValueError: Port could not be cast to integer value as '***'"
)]
#[case::two_addresses(
    "amqp://u:p1word@h1:5672,amqp://u:p2word@h2:5672",
    "amqp://u:***@h1:5672,amqp://u:***@h2:5672"
)]
#[case::hosts_of_one("mongodb://u:p1word@h1,h2:27017/shop", "mongodb://u:***@h1,h2:27017/shop")]
#[case::without_a_user("dial redis://:hunter@redis:6379/0", "dial redis://:***@redis:6379/0")]
#[case::an_address_in_json(
    r#"{"url":"amqp://u:p1word@h1","mail":"ops@example.com"}"#,
    r#"{"url":"amqp://u:***@h1","mail":"ops@example.com"}"#
)]
#[case::both_keys_of_aws(
    "AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY rejected",
    "***:*** rejected"
)]
#[case::behind_a_colon("creds:q2W4e6R8t0Y1u3I5o7P9a2S4d6F8g0H1j3K5l7Z9x2C= used", "creds:*** used")]
#[case::in_braces("{k:\"q2W4e6R8t0Y1u3I5o7P9a2S4d6F8g0H1j3K5l7Z9\"}", "{k:\"***\"}")]
#[case::escaped(r#"{\"password\":\"two words\"}"#, r#"{\"password\":\"***\"}"#)]
#[case::escaped_twice(r#"{\\\"password\\\": \\\"two words\\\", x"#, r#"{\\\"password\\\": \\\"***\\\", x"#)]
#[case::a_quote_within(r#"{"password":"two \"good\" words","id":1}"#, r#"{"password":"***","id":1}"#)]
#[case::a_quote_of_a_shell(r"PASSWORD='it'\''s' failed", "PASSWORD='*** failed")]
#[case::quoted_as_a_whole(
    r#"env ["DB_PASSWORD=two words" "HOST=db"]"#,
    r#"env ["DB_PASSWORD=***" "HOST=db"]"#
)]
#[case::quoted_behind_a_blank("password \"two words\" is wrong", "password \"***\" is wrong")]
#[case::several(
    r#"{"user":"u","password":"hunter2","token":"abc def","id":1}"#,
    r#"{"user":"u","password":"***","token":"***","id":1}"#
)]
#[case::several_in_one_word("'password=hunter2','token=abc','id=1'", "'password=***','token=***','id=1'")]
#[case::several_in_brackets("{password:[hunter2],token:[abc]}", "{password:[***],token:[***]}")]
#[case::an_object(r#"{"secret":{"name":"x y"},"id":1}"#, r#"{"secret":{***},"id":1}"#)]
#[case::arrows(r#"{:password=>"two words", "token" => "abc"}"#, r#"{:password=>"***", "token" => "***"}"#)]
#[case::empty_and_not("password= token=abc", "password= token=***")]
#[case::empty_quotes("password=\"\" token='' apikey=abc", "password=\"\" token='' apikey=***")]
#[case::an_argument(r#"exec ["mysql" "--password" "two words"]"#, r#"exec ["mysql" "--password" "***"]"#)]
#[case::arguments_in_json(r#"["mysql","--password","hunter","x"]"#, r#"["mysql","--password","***","x"]"#)]
#[case::said("the password is hunter2", "the password is ***")]
#[case::said_with_a_colon("your API key is: abc123def now", "your API key is: *** now")]
#[case::said_of_a_variable("DB_PASSWORD was 'two words'", "DB_PASSWORD was '***'")]
#[case::a_scheme_behind_a_name("token: Bearer abcdef", "token: Bearer ***")]
#[case::a_private_key(
    "got -----BEGIN RSA PRIVATE KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0=\n-----END RSA PRIVATE KEY----- twice",
    "got -----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY----- twice"
)]
#[case::a_private_key_on_one_line(
    r#"{"pem":"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\n-----END PRIVATE KEY-----\n"}"#,
    r#"{"pem":"-----BEGIN PRIVATE KEY-----***-----END PRIVATE KEY-----\n"}"#
)]
#[case::a_private_key_cut_off(
    "-----BEGIN OPENSSH PRIVATE KEY----- b3BlbnNzaC1rZXktdjEA AAAA\nBBBB",
    "-----BEGIN OPENSSH PRIVATE KEY-----***"
)]
#[case::a_private_key_that_is_encrypted(
    "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMHc\n-----END EC PRIVATE KEY-----",
    "-----BEGIN EC PRIVATE KEY-----***-----END EC PRIVATE KEY-----"
)]
fn a_secret_is_hidden(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(mask(text), expected);
}

#[rstest]
#[case::a_name("token")]
#[case::names("token/")]
#[case::words("token ")]
#[case::a_colon("token: ")]
#[case::a_quote("token=\"")]
#[case::escapes("\\\"token=\\")]
#[case::paths("/token:")]
#[case::quotes("\"token=a ")]
#[case::quotes_of_a_kind("`token=a ")]
#[case::sentences("password is ")]
#[case::addresses("a://")]
#[case::users("a:b@")]
#[case::hosts("@tcp(")]
#[case::dashes("-----BEGIN ")]
#[case::keys("-----BEGIN PRIVATE KEY-----")]
#[case::tokens("sk-")]
#[case::beginnings("glpat-")]
#[case::headers("authorization: ")]
fn a_text_without_end_is_looked_through_once(#[case] part: &str) {
    let text = part.repeat(200_000 / part.len());
    let before = std::time::Instant::now();
    let masked = mask(&text);
    assert_eq!(mask(&masked), masked);
    assert!(before.elapsed() < std::time::Duration::from_secs(10), "{:?}", before.elapsed());
}
