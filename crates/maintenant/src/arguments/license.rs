//! `maintenant license …`: what may be said of it, and what was.
use super::Refusal;
use crate::license::key::is_feature;
use crate::settings::{Faults, Given};
use clap::{Arg, ArgMatches, Command};
use domain::license::{Edition, License};
use domain::time::Time;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// The last day whose end can be written as a time.
const LAST_DAY: Date = jiff::civil::date(9999, 12, 29);

/// What is asked of licence keys.
#[derive(Debug)]
pub(crate) enum Action {
    /// Say what a key is worth: that of the variable, or that in a file (`-`: standard input).
    Verify { given: Given, key_file: Option<String> },
    /// Make a key.
    Issue { private_key: String, wish: Wish },
    /// Print what a build takes, from the private key.
    PublicKey { private_key: String },
}

/// What a key is to say.
#[derive(Debug)]
pub(crate) struct Wish {
    licensee: String,
    features: Vec<String>,
    /// `None`: today
    issued: Option<Timestamp>,
    expires: Timestamp,
}

impl Wish {
    /// The licence, if it is made at `now`.
    pub(crate) fn license(self, now: Timestamp) -> License {
        let issued = self.issued.unwrap_or_else(|| {
            let today = TimeZone::UTC.to_datetime(now).date();
            begin(today).unwrap_or(now)
        });
        License {
            licensee: self.licensee.trim().into(),
            edition: Edition::Enterprise,
            features: self.features.into_iter().map(Into::into).collect(),
            issued: Time::from_secs(issued.as_second()),
            expires: Time::from_secs(self.expires.as_second()),
        }
    }
}

pub(super) fn command() -> Command {
    let private_key = || {
        Arg::new("private-key")
            .long("private-key")
            .value_name("FILE")
            .required(true)
            .help("The vendor's private key: PKCS#8 in PEM, or 32 bytes in base64")
    };
    let text = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help)
    };
    Command::new("license")
        .about("Check a licence key; for the vendor: make one")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(Command::new("verify").about("Exit with 0 if the key is in force, else with 1").arg(
            text(
                "key-file",
                "FILE",
                "Where the key is, - for standard input [default: MAINTENANT_LICENSE_KEY]",
            ),
        ))
        .subcommand(
            Command::new("issue")
                .about("Print a key")
                .arg(private_key())
                .arg(text("licensee", "NAME", "Who it is for").required(true))
                .arg(
                    text("features", "A,B", "What it grants beside the edition, by name")
                        .value_delimiter(','),
                )
                .arg(text("issued", "DATE", "The day from which it is in force, in UTC [default: today]"))
                .arg(text("expires", "DATE", "The last day on which it is in force, in UTC").required(true)),
        )
        .subcommand(Command::new("public-key").about("Print what a build takes").arg(private_key()))
}

pub(super) fn read(matches: &ArgMatches, given: Given) -> Result<Action, Refusal> {
    let text = |matches: &ArgMatches, name: &str| matches.get_one::<String>(name).cloned();
    let private_key = |matches: &ArgMatches| text(matches, "private-key").unwrap_or_default();
    Ok(match matches.subcommand() {
        Some(("issue", sub)) => {
            Action::Issue { private_key: private_key(sub), wish: wish(sub).map_err(Refusal::Faults)? }
        }
        Some(("public-key", sub)) => Action::PublicKey { private_key: private_key(sub) },
        Some((_, sub)) => Action::Verify { given, key_file: text(sub, "key-file") },
        None => Action::Verify { given, key_file: None },
    })
}

fn wish(matches: &ArgMatches) -> Result<Wish, Faults> {
    let mut faults = Vec::new();
    let mut time = |name: &str, of_day: fn(Date) -> Option<Timestamp>| {
        let text = matches.get_one::<String>(name)?;
        let day = text.parse::<Date>().ok().filter(|_| !text.contains(['T', 't', ' ']));
        let time = day.and_then(of_day).or_else(|| text.parse().ok());
        if time.is_none() && day.is_some_and(|day| day > LAST_DAY) {
            faults.push(format!("--{name}: `{}`: {LAST_DAY} is the last possible day", text.escape_debug()));
        } else if time.is_none() {
            faults.push(format!(
                "--{name}: `{}`: a day in UTC such as `2027-12-31` is expected, or a time such as `2027-12-31T12:00:00Z`",
                text.escape_debug()
            ));
        }
        time
    };
    let issued = time("issued", begin);
    let expires = time("expires", end);
    let given = matches.get_many::<String>("features").into_iter().flatten();
    let features: Vec<String> = given.map(|name| name.trim().to_owned()).collect();
    for name in features.iter().filter(|name| !is_feature(name)) {
        let name = name.escape_debug();
        faults.push(format!(
            "--features: `{name}`: names of a-z, 0-9 and `-`, of at most 64 characters each, are expected"
        ));
    }
    match expires {
        Some(expires) if faults.is_empty() => Ok(Wish {
            licensee: matches.get_one::<String>("licensee").cloned().unwrap_or_default(),
            features,
            issued,
            expires,
        }),
        _ => Err(Faults(faults)),
    }
}

/// The first moment of a day in UTC.
fn begin(day: Date) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(day.to_datetime(jiff::civil::Time::midnight())).ok()
}

/// The last second of a day in UTC.
fn end(day: Date) -> Option<Timestamp> {
    begin(day)?.checked_add(SignedDuration::from_secs(24 * 60 * 60 - 1)).ok()
}
