//! What names a secret and tells none stays as it is: it may be the cause.

use super::mask;
use rstest::rstest;

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

/// As the components of a cluster write them.
#[rstest]
#[case("unattached volumes=[data db-secret config]: timed out waiting for the condition")]
#[case(
    "Unable to attach or mount volumes: unmounted volumes=[db-secret], unattached volumes=[api-token web2 kube-api-access-x7k2p]: timed out waiting for the condition"
)]
#[case("containers with unready status: [api-token web]")]
#[case("containers with incomplete status: [fetch-token password web2]")]
#[case("init container fetch-token exited with code 1")]
#[case("Failed to pull image \"token:1.9\": not found")]
#[case(
    "Failed to pull image \"token:1.9\": failed to resolve reference \"docker.io/library/token:1.9\": docker.io/library/token:1.9: not found"
)]
#[case("Back-off pulling image \"api-token:stable\"")]
#[case("Container image \"secret:v2\" already present on machine")]
#[case(
    "MountVolume.SetUp failed for volume \"kube-api-access-x\" : failed to fetch token: serviceaccounts \"x\" not found"
)]
#[case("MountVolume.SetUp failed for volume \"certs\" : secret \"db-token\" not found")]
#[case("MountVolume.SetUp failed for volume \"db-secret\" : references non-existent secret key: password")]
#[case("secret \"db-token\" not found")]
#[case("couldn't find key password in Secret shop/db")]
#[case("couldn't find key DB_PASSWORD in Secret shop/db2")]
#[case("Error: couldn't find key api-token in Secret shop/api-token")]
#[case(
    "back-off 5m0s restarting failed container=token pod=token-7d4b9c6f5-x2x9z_shop(0a1b2c3d-0000-4000-8000-000000000000)"
)]
#[case("back-off 20s restarting failed container=fetch-token pod=web-7d4b9c6f5-x2x9z_shop(0a1b2c3d)")]
#[case("Container token failed liveness probe, will be restarted")]
#[case("Created container: api-token")]
#[case("Started container password")]
#[case(
    "Readiness probe failed: Get \"http://10.0.0.7:8080/token\": dial tcp 10.0.0.7:8080: connect: connection refused"
)]
#[case(
    "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling."
)]
#[case(
    "pods \"web-1\" is forbidden: error looking up service account shop/token: serviceaccount \"token\" not found"
)]
#[case(
    "secrets \"db\" is forbidden: User \"system:serviceaccount:secret:web\" cannot get resource \"secrets\" in API group \"\" in the namespace \"shop\""
)]
#[case("admission webhook \"token.example.com\" denied the request: label missing")]
#[case(
    "failed to create containerd task: OCI runtime create failed: exec: \"fetch-token\": executable file not found in $PATH: unknown"
)]
#[case(
    "failed to pull and unpack image \"reg.example/web:1\": failed to authorize: failed to fetch oauth token: Post \"https://auth.example/token\": dial tcp: lookup auth.example: no such host"
)]
#[case("GET https://packages.example/@scope%2fcore - 404, GET http://proxy:8080/@scope/core")]
#[case("Failed to pull image \"reg.example:5000/web@sha256:0a1b\": not found")]
#[case("Pod sandbox changed, it will be killed and re-created.")]
#[case(
    "cannot read secret arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-password-AbCdEf: AccessDeniedException"
)]
fn a_message_of_a_component_stays_readable(#[case] text: &str) {
    assert_eq!(mask(text), text);
}

/// As programs write them that end.
#[rstest]
#[case("/start.sh: line 3: DB_PASSWORD: unbound variable")]
#[case("sh: DB_PASSWORD: parameter not set")]
#[case("/start.sh: line 3: API_TOKEN: parameter null or not set")]
#[case("JWT_SECRET: undefined")]
#[case("JWT_SECRET=undefined password=null token=\"\" apikey=None")]
#[case("JWT_SECRET: Required")]
#[case("config: JWT_SECRET: Expected string, received undefined")]
#[case("SECRET_KEY must be set")]
#[case("environment variable DB_PASSWORD is not set")]
#[case("DB_PASSWORD environment variable required")]
#[case("KeyError: 'DB_PASSWORD'")]
#[case("Could not resolve placeholder 'DB_PASSWORD' in value \"${DB_PASSWORD}\"")]
#[case("django.core.exceptions.ImproperlyConfigured: The SECRET_KEY setting must not be empty.")]
#[case("ERROR credentials: NoCredentialProviders: no valid providers in chain. Deprecated.")]
#[case("NoCredentialProviders: no valid providers in chain")]
#[case("Unable to locate credentials. You can configure credentials by running \"aws configure\".")]
#[case(
    "InvalidIdentityToken: No OpenIDConnect provider found in your account for https://oidc.example/id/ABC"
)]
#[case("credentials: InvalidIdentityTokenException: not accepted")]
#[case("FATAL:  password authentication failed for user \"shop\"")]
#[case("no pg_hba.conf entry for host \"10.0.0.1\", user \"shop\", database \"shop\", no encryption")]
#[case("fe_sendauth: no password supplied")]
#[case("SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string")]
#[case("server requested SASL authentication: password is empty")]
#[case("NOAUTH Authentication required.")]
#[case("WRONGPASS invalid username-password pair or user is disabled.")]
#[case("ERR AUTH <password> called without any password configured for the default user")]
#[case("ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN")]
#[case("error: token has expired")]
#[case("invalid token")]
#[case("invalid bearer token")]
#[case("oauth2: cannot fetch token: 401 Unauthorized")]
#[case("failed to refresh token: oauth2: \"invalid_grant\" \"Token has been expired or revoked.\"")]
#[case("JsonWebTokenError: jwt malformed")]
#[case("TokenExpiredError: jwt expired")]
#[case("Unexpected token: '<'")]
#[case("SyntaxError: Unexpected token 'export'")]
#[case("parse error near token 'SELECT'")]
#[case("PASS: TestToken (0.01s)")]
#[case("insufficient scope: secret:read, token:write")]
#[case("WARN token: rotating every 5m")]
#[case("cookie: session expired")]
#[case("passwd: Authentication token manipulation error")]
#[case("using token from file:///x1y2")]
#[case("AuthenticationError: Incorrect API key provided: sk-proj-****abcd.")]
#[case(
    "SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided."
)]
#[case("thread 'main' panicked at app::token::parse: no key")]
#[case("panic: main.go:12 secret.go:42 token.load(0x1)")]
#[case("error: unknown flag: --token")]
#[case("flag --password is required, and --token must be given")]
#[case("dial tcp: lookup api-token: no such host; dial tcp api-token:8080: connection refused")]
#[case("fatal: could not read Password for 'https://github.com': terminal prompts disabled")]
#[case("remote: HTTP Basic: Access denied. Basic constraints are not met")]
#[case("npm error npm_config_registry_of_the_scope_2 is unknown, hf_transfer-0.1.9 missing")]
#[case("pod sk-frontend-7f9c8d6b54-x2x9z is gone")]
#[case("tls: failed to find any PEM data in key input: no -----BEGIN PRIVATE KEY----- found")]
#[case("authorization: denied for user bob")]
#[case("authorization: RBAC denied")]
#[case("docker run -u 1000:1000 -p8080:80 failed")]
#[case("find: unknown predicate -print0, -path and -perm")]
#[case("mysql: [ERROR] unknown option --protocol")]
#[case("git push -u http://git.example/repo: 404")]
#[case("{\"mail\":\"ops@example.com\",\"id\":1}")]
fn a_message_of_a_program_stays_readable(#[case] text: &str) {
    assert_eq!(mask(text), text);
}
