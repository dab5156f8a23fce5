//! The product's binary, with arguments and an environment.

use std::ffi::{OsStr, OsString};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;

use crate::capture::Capture;
use crate::{Server, until};

/// How to run the binary. Everything that would make the outcome depend on the machine is taken away: it runs in an
/// empty directory of its own, which is its home too, without the `MAINTENANT_*` and `KUBE*` variables of the test.
/// Clones share the directory, so what was started twice finds what the first has left.
#[derive(Debug, Clone)]
pub struct Program {
    binary: PathBuf,
    arguments: Vec<OsString>,
    variables: Vec<(OsString, OsString)>,
    directory: Arc<TempDir>,
}

/// How a program has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exit {
    /// The exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
}

impl Program {
    /// The binary at `path`, in a test usually `env!("CARGO_BIN_EXE_maintenant")`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        let directory =
            TempDir::with_prefix("maintenant-").expect("the directory for temporary files can be written");
        Self {
            binary: path.into(),
            arguments: Vec::new(),
            variables: Vec::new(),
            directory: Arc::new(directory),
        }
    }

    /// Adds arguments.
    #[must_use]
    pub fn args(mut self, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Sets a variable of the environment.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// Sets `KUBECONFIG`.
    #[must_use]
    pub fn kubeconfig(self, path: &Path) -> Self {
        self.env("KUBECONFIG", path)
    }

    /// The directory it runs in.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Runs it to its end, which must come within `within`.
    #[must_use]
    pub fn run(&self, within: Duration) -> Exit {
        self.spawn().wait(within)
    }

    /// Starts it as a server on a free port of loopback and waits until that answers.
    #[must_use]
    pub fn serve(&self) -> Server {
        Server::start(self)
    }

    /// The same, on all addresses of the machine; asked for on loopback.
    #[must_use]
    pub fn serve_everywhere(&self) -> Server {
        Server::start_on(self, Ipv4Addr::UNSPECIFIED)
    }

    /// Starts it.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "what the tests inherit is no business of the program's")]
    pub fn spawn(&self) -> Running {
        let mut command = Command::new(&self.binary);
        for (name, _) in std::env::vars_os().filter(|(name, _)| is_ours(name)) {
            command.env_remove(name);
        }
        let mut child = command
            .args(&self.arguments)
            .env("HOME", self.directory())
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(self.directory())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", self.binary.display()));
        let stdout = Capture::quiet(child.stdout.take().expect("it is piped"));
        let stderr = Capture::quiet(child.stderr.take().expect("it is piped"));
        Running { child, stdout, stderr, _directory: Arc::clone(&self.directory) }
    }
}

/// A process whose output is read as it comes; killed when dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    stdout: Capture,
    stderr: Capture,
    /// What it runs in, which must stay while it does.
    _directory: Arc<TempDir>,
}

impl Running {
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has written to standard output so far.
    #[must_use]
    pub fn stdout(&self) -> String {
        self.stdout.text()
    }

    /// What it has written to standard error so far.
    #[must_use]
    pub fn stderr(&self) -> String {
        self.stderr.text()
    }

    /// How it has ended, with all it wrote; none while it runs.
    pub(crate) fn exit(&mut self) -> Option<Exit> {
        let status = self.child.try_wait().expect("a child can be waited for")?;
        Some(Exit { code: status.code(), stdout: self.stdout.all(), stderr: self.stderr.all() })
    }

    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let pid = i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw);
        let sent = rustix::process::kill_process(pid.expect("a child's id is a positive i32"), signal);
        sent.expect("a child that was not waited for can be signalled");
    }

    pub(crate) fn wait(mut self, within: Duration) -> Exit {
        until("the process ends", within, || {
            self.exit().ok_or_else(|| format!("it runs; stderr:\n{}", self.stderr()))
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only for a process that has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn is_ours(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| name.starts_with("MAINTENANT_") || name.starts_with("KUBE"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_in_its_own_home_and_tells_how_it_ended() {
        let program = Program::new("/bin/sh").args(["-c", "pwd; echo $HOME $X >&2; exit 3"]).env("X", "x");
        let home = program.directory().to_str().unwrap().to_owned();
        let expected = Exit { code: Some(3), stdout: format!("{home}\n"), stderr: format!("{home} x\n") };
        assert_eq!(program.run(Duration::from_secs(30)), expected);
    }
}
