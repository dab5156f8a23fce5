//! What components of Kubernetes 1.30 to 1.36 write, and what is made of it. Where each text is from stands above its row.
mod images;
mod losses;
mod refusals;
mod starts;
mod volumes;

use crate::world::*;
use domain::memory::Memory;

/// Status and code, and the sentence.
fn said(world: &World, secs: u64) -> (String, String) {
    let judgement = world.judge(&Memory::default(), at(secs));
    let diagnosis = judgement.diagnosis.expect("a diagnosis");
    (format!("{} {}", judgement.health, diagnosis.code.as_str()), diagnosis.summary.to_string())
}
