//! What pods use of CPU and memory: curves from the seed, the same at each reading.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::f64::consts::TAU;

const MIB: f64 = 1024.0 * 1024.0;

/// A container's memory that rises in a straight line, from a third of its limit at `from` to nearly all of it at `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Climb {
    /// When it is at a third.
    pub from: Timestamp,
    /// When it is at the limit.
    pub to: Timestamp,
}

/// The use of one container at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Usage {
    pub(crate) cpu_nanocores: u64,
    pub(crate) memory_kibibytes: u64,
}

impl Usage {
    /// The use of a container, by its specification; `salt` tells containers apart.
    pub(crate) fn at(container: &Value, climb: Option<Climb>, salt: u64, now: Timestamp) -> Self {
        let mut random = fastrand::Rng::with_seed(salt);
        let phase = random.f64();
        let level = 0.5 + random.f64() / 2.0;
        let resources = &container["resources"];
        let requested = cores(&resources["requests"]["cpu"]).unwrap_or(0.02);
        // A slow wave of twelve minutes under a quick one of fifty seconds.
        let wave = |period_seconds: f64| (TAU * (now.as_second() as f64 / period_seconds + phase)).sin();
        let cpu = requested * level * (0.45 + 0.2 * wave(720.0) + 0.1 * wave(50.0));
        let ceiling = bytes(&resources["limits"]["memory"])
            .or_else(|| bytes(&resources["requests"]["memory"]))
            .unwrap_or(96.0 * MIB);
        let share = match climb {
            Some(climb) => (0.33 + 0.66 * progress(climb, now)).clamp(0.33, 0.995),
            None => level * (0.62 + 0.05 * wave(1_900.0) + 0.01 * wave(70.0)),
        };
        Self { cpu_nanocores: (cpu * 1e9) as u64, memory_kibibytes: (ceiling * share / 1024.0) as u64 }
    }
}

/// Tells containers apart, whatever the order in which they are asked for.
pub(crate) fn salt(seed: u64, uid: &str, container: &str) -> u64 {
    let bytes = uid.bytes().chain(container.bytes());
    bytes.fold(seed ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn progress(climb: Climb, now: Timestamp) -> f64 {
    let whole = climb.to.duration_since(climb.from).max(SignedDuration::from_secs(1));
    now.duration_since(climb.from).as_secs_f64() / whole.as_secs_f64()
}

fn cores(quantity: &Value) -> Option<f64> {
    let text = quantity.as_str()?;
    match text.strip_suffix('m') {
        Some(milli) => milli.parse::<f64>().ok().map(|milli| milli / 1000.0),
        None => text.parse().ok(),
    }
}

fn bytes(quantity: &Value) -> Option<f64> {
    let text = quantity.as_str()?;
    let scales = [("Ki", 1024.0), ("Mi", MIB), ("Gi", 1024.0 * MIB), ("k", 1e3), ("M", 1e6), ("G", 1e9)];
    let found = scales.iter().find_map(|(suffix, scale)| Some((text.strip_suffix(suffix)?, *scale)));
    let (number, scale) = found.unwrap_or((text, 1.0));
    number.parse::<f64>().ok().map(|number| number * scale)
}
