//! What the file goes through with the processes that use it: they are killed, come in twos, or lack rights.
//!
//! The test program is those processes too: its first argument says which one to be.
use domain::change::Transition;
use domain::health::Health;
use domain::id::WorkloadId;
use domain::memory::Memory;
use domain::port::{History, Journal, Record, StorageState};
use domain::time::Time;
use libtest_mimic::{Arguments, Failed, Trial};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitCode, Stdio};
use std::sync::Arc;
use store::{Options, Store, StoreError};
use tempfile::TempDir;

/// A user without rights, as `nobody` is everywhere.
const NOBODY: u32 = 65_534;
const WEB: &str = "prod/shop/Deployment/web";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [_, "write", path] => write_until_killed(Path::new(path)),
        [_, "describe", path] => describe(Path::new(path)),
        _ => {
            let trials = vec![
                Trial::test("what_is_acknowledged_survives_a_kill", survives_a_kill),
                Trial::test("a_second_process_is_refused_until_the_first_is_killed", one_at_a_time),
                Trial::test("a_file_that_may_only_be_read_is_read", read_only_file),
                Trial::test("a_directory_that_may_only_be_read_is_read", read_only_directory),
                Trial::test("where_nothing_may_be_made_it_is_said", nothing_to_make),
            ];
            libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
        }
    }
}

fn options(at: Time) -> Options {
    Options::new(Arc::new(move || at))
}

/// Writes for ever, and says after each record that is on disk which one that is.
fn write_until_killed(path: &Path) -> ExitCode {
    let store = Store::open(path, options(Time::from_secs(0))).expect("the file can be opened").store;
    let id: Arc<WorkloadId> = Arc::new(WEB.parse().expect("an id"));
    let mut out = std::io::stdout().lock();
    let first = store.intervals(&id, Time::from_secs(0), Time::from_secs(i64::MAX / 1000)).expect("readable");
    let first = first.last().map_or(1, |last| last.from.as_millis() / 1000 + 1);
    for number in first.. {
        let at = Time::from_secs(number);
        let to = if number % 2 == 0 { Health::Healthy } else { Health::Failed };
        let from = if number % 2 == 0 { Health::Failed } else { Health::Healthy };
        let from = (number > 1).then_some(from);
        store.record(Record::Transition(Transition {
            id: id.clone(),
            from,
            to: Some(to),
            at,
            code: None,
            summary: None,
        }));
        let memory = Memory { status: Some((to, at)), ..Memory::default() };
        store.record(Record::Memory(id.clone(), Some(Arc::new(memory))));
        while store.storage().queued > 0 {
            std::thread::yield_now();
        }
        writeln!(out, "{number}").expect("somebody listens");
        out.flush().expect("somebody listens");
    }
    ExitCode::SUCCESS
}

/// Says how the storage stands, how many statuses there are, and whether a record is taken.
fn describe(path: &Path) -> ExitCode {
    let at = Time::from_secs(1_000);
    let mut out = std::io::stdout().lock();
    match Store::open(path, options(at)) {
        Ok(opened) => {
            let id: Arc<WorkloadId> = Arc::new(WEB.parse().expect("an id"));
            opened.store.record(Record::Memory(id.clone(), None));
            let storage = opened.store.storage();
            let intervals = opened.store.intervals(&id, Time::from_secs(0), at).expect("readable");
            let gaps = opened.store.gaps(&id, Time::from_secs(0), at).expect("readable");
            let last = gaps.last().map(|gap| &*gap.why).unwrap_or_default();
            writeln!(
                out,
                "{} intervals={} restored={} queued={} gap={last}",
                storage.state.as_str(),
                intervals.len(),
                opened.restored.len(),
                storage.queued
            )
        }
        Err(error) => writeln!(out, "error: {error}"),
    }
    .expect("somebody listens");
    ExitCode::SUCCESS
}

/// A process of this program that writes, and what it says.
struct Writing {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Writing {
    fn start(path: &Path) -> Self {
        let program = std::env::current_exe().expect("the path of this program");
        let mut child = Command::new(program)
            .args(["write".as_ref(), path.as_os_str()])
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program runs");
        let out = BufReader::new(child.stdout.take().expect("its output is piped"));
        Self { child, out }
    }

    /// The next record that it says is on disk; `None` when it is dead.
    fn next(&mut self) -> Option<i64> {
        let mut line = String::new();
        self.out.read_line(&mut line).expect("readable");
        // The last line may be cut off by the kill: then it was not said.
        line.strip_suffix('\n').map(|number| number.parse().expect("a number"))
    }

    /// Kills it; answers the last record that it has said is on disk.
    fn kill(mut self, mut last: i64) -> i64 {
        self.child.kill().expect("it runs");
        while let Some(number) = self.next() {
            last = number;
        }
        self.child.wait().expect("it has ended");
        last
    }
}

fn survives_a_kill() -> Result<(), Failed> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("history.db");
    let id: WorkloadId = WEB.parse()?;
    let mut known = 0;
    // A record waits for others for a tenth of a second: a kill right after one is said meets the writer at any point.
    for records in [1, 2, 1, 3, 1] {
        let mut writing = Writing::start(&path);
        let mut last = known;
        for _ in 0..records {
            last = writing.next().ok_or("it died by itself")?;
        }
        known = writing.kill(last);
        let opened = Store::open(&path, options(Time::from_secs(0)))?;
        let far = Time::from_secs(i64::MAX / 1000);
        let intervals = opened.store.intervals(&id, Time::from_secs(0), far)?;
        let newest = intervals.last().ok_or("nothing is left")?.from;
        for (number, interval) in (1_i64..).zip(&intervals) {
            if interval.from != Time::from_secs(number) {
                return Err(format!("status {number} is missing: {interval:?} is there instead").into());
            }
        }
        if newest < Time::from_secs(known) {
            return Err(format!("{known} was acknowledged, {newest:?} is the newest").into());
        }
        let remembered =
            opened.restored.first().and_then(|(_, memory)| memory.status).ok_or("no memory is left")?;
        if remembered.1 != newest {
            return Err(format!("status and memory differ: {newest:?} and {remembered:?}").into());
        }
        known = newest.as_millis() / 1000;
    }
    Ok(())
}

fn one_at_a_time() -> Result<(), Failed> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("history.db");
    let mut first = Writing::start(&path);
    let last = first.next().ok_or("it died by itself")?;
    match Store::open(&path, options(Time::from_secs(0))) {
        Err(error @ StoreError::InUse { .. }) => {
            let (message, pid) = (error.to_string(), first.child.id());
            if !message.contains("history.db") || !message.contains(&format!("process {pid}")) {
                return Err(format!("{pid} has it, but: {message}").into());
            }
        }
        Err(error) => return Err(error.into()),
        Ok(_) => return Err("two processes have the file".into()),
    }
    first.kill(last);
    Store::open(&path, options(Time::from_secs(0)))?;
    Ok(())
}

/// A history with one status and one memory, in a directory that everybody may read.
fn public_history() -> Result<(TempDir, PathBuf), Failed> {
    let directory = tempfile::tempdir()?;
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755))?;
    let data = directory.path().join("data");
    fs::create_dir(&data)?;
    let path = data.join("history.db");
    let store = Store::open(&path, options(Time::from_secs(10)))?.store;
    let id: Arc<WorkloadId> = Arc::new(WEB.parse()?);
    let (to, at) = (Some(Health::Healthy), Time::from_secs(10));
    store.record(Record::Transition(Transition {
        id: id.clone(),
        from: None,
        to,
        at,
        code: None,
        summary: None,
    }));
    store.record(Record::Memory(id, Some(Arc::default())));
    store.close(std::time::Duration::from_mins(1))?;
    Ok((directory, path))
}

/// What a process without rights of its own says of the file.
fn described_without_rights(directory: &TempDir, path: &Path) -> Result<String, Failed> {
    // Where the tests themselves are built, others may not look.
    let program = directory.path().join("program");
    fs::copy(std::env::current_exe()?, &program)?;
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
    let mut command = Command::new(&program);
    command.args(["describe".as_ref(), path.as_os_str()]);
    if rustix::process::geteuid().is_root() {
        // To root everything is allowed, whatever the file says.
        command.uid(NOBODY).gid(NOBODY);
    }
    let output = command.output()?;
    let said = String::from_utf8(output.stdout)?;
    if said.is_empty() {
        return Err(format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(said)
}

fn expect(said: &str, expected: &str) -> Result<(), Failed> {
    if said.trim_end() == expected {
        Ok(())
    } else {
        Err(format!("{expected:?} is expected, but: {said:?}").into())
    }
}

fn read_only_history() -> String {
    let state = StorageState::ReadOnly.as_str();
    format!("{state} intervals=1 restored=1 queued=0 gap=the history may only be read")
}

fn read_only_file() -> Result<(), Failed> {
    let (directory, path) = public_history()?;
    let data = path.parent().ok_or("it is in a directory")?;
    fs::set_permissions(data, fs::Permissions::from_mode(0o777))?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444))?;
    fs::remove_file(data.join("history.db.lock"))?;
    expect(&described_without_rights(&directory, &path)?, &read_only_history())
}

fn read_only_directory() -> Result<(), Failed> {
    let (directory, path) = public_history()?;
    let data = path.parent().ok_or("it is in a directory")?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o666))?;
    fs::set_permissions(data, fs::Permissions::from_mode(0o555))?;
    let said = described_without_rights(&directory, &path)?;
    // So that it can be removed.
    fs::set_permissions(data, fs::Permissions::from_mode(0o755))?;
    expect(&said, &read_only_history())
}

fn nothing_to_make() -> Result<(), Failed> {
    let (directory, path) = public_history()?;
    let data = path.parent().ok_or("it is in a directory")?;
    let other = data.join("other.db");
    fs::set_permissions(data, fs::Permissions::from_mode(0o555))?;
    let said = described_without_rights(&directory, &other)?;
    fs::set_permissions(data, fs::Permissions::from_mode(0o755))?;
    if said.contains("other.db can't be created") && said.contains("MAINTENANT_DB") && !other.exists() {
        Ok(())
    } else {
        Err(format!("it says: {said}").into())
    }
}
