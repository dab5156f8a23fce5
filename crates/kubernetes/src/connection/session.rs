//! A client with its credentials: what lasts from reading the configuration to the next failure.

use crate::config::Access;
use crate::error::{Error, quote};
use crate::kubeconfig;
use domain::text::Text;
use http::{HeaderValue, Uri};
use kube::client::AuthError;
use kube::config::{AuthInfo, Config, ExecInteractiveMode, KubeConfigOptions};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// How long a plug-in may take to answer; nothing else about a session takes time.
const OPEN_LIMIT: Duration = Duration::from_secs(30);

const CONNECT_LIMIT: Duration = Duration::from_secs(5);

/// A token is a few hundred bytes; more is another file.
const LONGEST_TOKEN: u64 = 64 << 10;

/// Secrets of our own, which a credential plug-in has no use for: it inherits the environment, and may log or send it.
pub const WITHHELD_FROM_PLUG_INS: &[&str] = &["MAINTENANT_LICENSE_KEY"];

pub(super) struct Session {
    pub(super) client: kube::Client,
    /// Host and port, or the whole address where it has a path
    pub(super) server: Text,
    pub(super) is_near: bool,
    /// What is not accepted when the answer is 401
    pub(super) credential: &'static str,
    pub(super) opened: Instant,
    token: Option<TokenFile>,
    is_compression_off: bool,
}

/// A token that is read from its file for each request: the kubelet puts a new one there before the old one expires.
/// Requests are few, and the file is small and in memory.
struct TokenFile {
    path: PathBuf,
    /// What was read last, for files that are taken away after the start.
    last: Mutex<Option<HeaderValue>>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("server", &self.server).finish_non_exhaustive()
    }
}

impl Session {
    /// Reads the configuration and makes a client, aside: a plug-in may run for seconds.
    pub(super) async fn open(access: &Access) -> Result<Self, Error> {
        let config = config(access).await?;
        let in_cluster = *access == Access::InCluster;
        let opening = tokio::task::spawn_blocking(move || Self::open_with(config, in_cluster));
        let Ok(opened) = timeout(OPEN_LIMIT, opening).await else {
            let seconds = OPEN_LIMIT.as_secs();
            return Err(Error::Access(format!("the credential plug-in has not answered for {seconds} s")));
        };
        opened.unwrap_or_else(|failed| match failed.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(Error::Access("the process is ending".to_owned())),
        })
    }

    fn open_with(mut config: Config, in_cluster: bool) -> Result<Self, Error> {
        config.connect_timeout = Some(CONNECT_LIMIT);
        config.default_retry = false;
        let credential = credential(&config.auth_info);
        // Taken over from kube, which keeps a token for a minute after its file has changed.
        let no_inline_token = config.auth_info.token.is_none();
        let path = config.auth_info.token_file.take().filter(|_| no_inline_token);
        let token = path.map(|path| TokenFile { path: path.into(), last: Mutex::new(None) });
        withhold_secrets(&mut config.auth_info);
        if let Some(exec) = &mut config.auth_info.exec
            && exec.interactive_mode != Some(ExecInteractiveMode::Always)
        {
            // Nobody sits before a daemon.
            exec.interactive_mode = Some(ExecInteractiveMode::Never);
        }
        let server = server(&config.cluster_url);
        let is_near = in_cluster || is_loopback(&config.cluster_url);
        let is_compression_off = config.disable_compression;
        config.disable_compression = false;
        let client = kube::Client::try_from(config).map_err(|error| unusable(&error))?;
        let opened = Instant::now();
        Ok(Self { client, server, is_near, credential, opened, token, is_compression_off })
    }

    /// Whether lists are worth compressing, and may be (`disable-compression` of a kubeconfig).
    pub(super) fn may_compress(&self) -> bool {
        !self.is_near && !self.is_compression_off
    }

    /// The header, where it is for us to set.
    pub(super) fn authorization(&self) -> Result<Option<HeaderValue>, Error> {
        self.token.as_ref().map(TokenFile::header).transpose()
    }
}

impl TokenFile {
    fn header(&self) -> Result<HeaderValue, Error> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match read_token(&self.path) {
            Ok(header) => *last = Some(header),
            Err(problem) if last.is_none() => {
                return Err(Error::Access(format!(
                    "the token file {} can't be read: {problem}",
                    self.path.display()
                )));
            }
            Err(_) => {}
        }
        last.clone().ok_or_else(|| Error::Access("there is no token".to_owned()))
    }
}

fn read_token(path: &Path) -> Result<HeaderValue, String> {
    use std::io::Read;
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    let mut token = String::new();
    file.take(LONGEST_TOKEN).read_to_string(&mut token).map_err(|error| error.to_string())?;
    let token = token.trim();
    if token.is_empty() {
        return Err("it is empty".to_owned());
    }
    let header = HeaderValue::try_from(format!("Bearer {token}"));
    let mut header = header.map_err(|_| "it holds what can't be a token".to_owned())?;
    header.set_sensitive(true);
    Ok(header)
}

async fn config(access: &Access) -> Result<Config, Error> {
    match access {
        Access::Kubeconfig { paths, context } => {
            let kubeconfig = kubeconfig::read(paths)?;
            let options = KubeConfigOptions { context: context.clone(), ..KubeConfigOptions::default() };
            let config = Config::from_custom_kubeconfig(kubeconfig, &options).await;
            config.map_err(|error| Error::Access(kubeconfig::problem(&error)))
        }
        Access::InCluster => Config::incluster()
            .map_err(|error| Error::Access(format!("the service account can't be used: {error}"))),
        Access::Url { url, token } => {
            let url =
                url.parse().map_err(|error| Error::Access(format!("`{url}` is no address: {error}")))?;
            let mut config = Config::new(url);
            config.auth_info.token = token.clone().map(Into::into);
            Ok(config)
        }
    }
}

/// What a client can't be made of. The text of some errors holds output of plug-ins, and tokens with it: those are told
/// in our own words.
fn unusable(error: &kube::Error) -> Error {
    let problem = match error {
        kube::Error::Auth(AuthError::AuthExecRun { out, .. }) => {
            let said = quote(&String::from_utf8_lossy(&out.stderr));
            let separator = if said.is_empty() { "" } else { ": " };
            format!("the credential plug-in failed ({}){separator}{said}", out.status)
        }
        kube::Error::Auth(AuthError::AuthExecStart(error)) => {
            format!("the credential plug-in can't be started: {error}")
        }
        kube::Error::Auth(AuthError::AuthExecParse(_)) => {
            "the credential plug-in answered what is not an ExecCredential".to_owned()
        }
        kube::Error::Auth(error) => format!("the credentials can't be used: {}", quote(&error.to_string())),
        kube::Error::InferKubeconfig(error) => kubeconfig::problem(error),
        other => format!("the connection can't be set up: {}", quote(&other.to_string())),
    };
    Error::Access(problem)
}

/// From every plug-in that a client may start.
fn withhold_secrets(auth: &mut AuthInfo) {
    let withheld = WITHHELD_FROM_PLUG_INS.iter().map(ToString::to_string);
    if let Some(exec) = &mut auth.exec {
        exec.drop_env.get_or_insert_default().extend(withheld.clone());
    }
    if let Some(provider) = &mut auth.auth_provider {
        // kube's own name, in the manner of the older kind: names with blanks in between.
        let names = provider.config.entry("cmd-drop-env".to_owned()).or_default();
        for name in withheld {
            names.push(' ');
            names.push_str(&name);
        }
    }
}

fn credential(auth: &AuthInfo) -> &'static str {
    if auth.token.is_some() || auth.token_file.is_some() {
        "the token"
    } else if auth.exec.is_some() || auth.auth_provider.is_some() {
        "the plug-in's credential"
    } else if auth.client_certificate.is_some() || auth.client_certificate_data.is_some() {
        "the client certificate"
    } else if auth.username.is_some() {
        "the password"
    } else {
        "a request without credentials"
    }
}

/// Without scheme and credentials: what a person knows it by.
fn server(url: &Uri) -> Text {
    let host = url.host().unwrap_or_default();
    let port = url.port_u16().or(match url.scheme_str() {
        Some("http") => Some(80),
        Some("https") => Some(443),
        _ => None,
    });
    let path = url.path().trim_end_matches('/');
    port.map_or_else(|| format!("{host}{path}"), |port| format!("{host}:{port}{path}")).into()
}

fn is_loopback(url: &Uri) -> bool {
    let host = url.host().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}
