//! What a pod that finds no room asks for, and how much of it the nodes have.
use super::fault::Fault;
use super::words;
use crate::compute::Compute;
use crate::diagnosis::Code;

const MIB: u64 = 1 << 20;

/// What the scheduler calls insufficient.
#[derive(Clone, Copy)]
enum Scarce {
    Cpu,
    Memory,
}

impl Scarce {
    /// As the scheduler names it in its words.
    const fn insufficient(self) -> &'static str {
        match self {
            Self::Cpu => "Insufficient cpu",
            Self::Memory => "Insufficient memory",
        }
    }

    const fn of(self, compute: Compute) -> u64 {
        match self {
            Self::Cpu => compute.cpu_millicores,
            Self::Memory => compute.memory_bytes,
        }
    }

    fn say(self, compute: Compute) -> String {
        match self {
            Self::Cpu => format!("{} CPU", words::cores(compute.cpu_millicores)),
            Self::Memory => format!("{} memory", words::bytes(compute.memory_bytes)),
        }
    }

    /// What is asked for and what is free, in a unit in which they differ.
    fn compare(self, asked: Compute, free: Compute) -> (String, String) {
        let said = (self.say(asked), self.say(free));
        if said.0 != said.1 {
            return said;
        }
        let (asked, free) = (asked.memory_bytes.div_ceil(MIB), free.memory_bytes / MIB);
        (format!("{asked} MiB memory"), format!("{free} MiB memory"))
    }
}

/// What is short and by how much: ", which needs 8 CPU while no node has more than 3.2 CPU free". Empty where something
/// else than CPU and memory is.
pub(super) fn say(fault: &Fault<'_>, pods: usize) -> String {
    if fault.code != Code::UnschedulableResources {
        return String::new();
    }
    let told = fault.words.unwrap_or_default();
    let asked = fault.pod.spec.requests;
    let scarce: Vec<Scarce> = [Scarce::Cpu, Scarce::Memory]
        .into_iter()
        .filter(|scarce| told.contains(scarce.insufficient()) && scarce.of(asked) > 0)
        .collect();
    if scarce.is_empty() {
        return String::new();
    }
    let (verb, each) = if pods == 1 { ("needs", "") } else { ("need", " each") };
    let free = fault.most_free.unwrap_or(asked);
    let (mut needs, mut short) = (Vec::new(), Vec::new());
    for scarce in scarce {
        // A node may have enough and be closed to the pod for another reason.
        if scarce.of(free) < scarce.of(asked) {
            let (need, left) = scarce.compare(asked, free);
            needs.push(need);
            short.push(left);
        } else {
            needs.push(scarce.say(asked));
        }
    }
    let needs = needs.join(" and ");
    if short.is_empty() {
        return format!(", which {verb} {needs}{each}");
    }
    format!(", which {verb} {needs}{each} while no node has more than {} free", short.join(" or "))
}
