//! Timelines in text: what happens to a workload, and what is said of it from when on.
//!
//! A script is `kind replicas; time word …; time word …`. A time without words lets the time pass. Words:
//! `+a` a new pod, `-a` its deletion, `a=gone`; `a=ready`, `a=unready`, `a=ended:<exit code>`, `a=oom`, `a=backoff`,
//! `a=restarted`, `a=recounted:<restartCount>`, `a=wait:<reason>:<words>`, `a=unscheduled:<words>`, `a=gated`, `a=scheduled`, `a=failed:<reason>`,
//! `a=succeeded`, `a=lost` (its node), `a@<node>`; `node:n` a node, `node:n=silent`, `node:n=back`; `!a:<reason>:<words>` an event about a pod, `!c:a:<reason>:<words>` about
//! its container, `!:<reason>:<words>` about the controller; `replicas=n`, `image=x`, `partition=n`, `ordinals=n` (where they
//! start), `ondelete`, `recreate`, `paused`, `resumed`, `stuck` (the controller says so), `unobserved`, `observed`,
//! `renewed` (a new template, not seen by its controller yet, so without a ReplicaSet), `refused:<words>`, `allowed`, `misscheduled=n`, `set=n` (of a foreign owner: what its newest
//! ReplicaSet asks for), `minready=<time>`, `init=<name>` (before the first pod; the words about a pod are about it then), `startup=<time>` (before the first pod), `threshold=n`.
//! An underscore is a space.
use crate::world::*;
use domain::judgement::Judgement;
use domain::memory::Memory;
use domain::time::Time;
use stage::Stage;
use std::time::Duration;

mod kubelet;
mod stage;

/// Plays a script and answers what was said: `0s progressing; 5s healthy; 70s degraded crash_loop`.
///
/// On the way it holds that each judgement is the same however often it is asked for, that it survives a restart, and
/// that nothing changes before it is due.
pub(crate) fn play(script: &str) -> String {
    staged(script).said.join("; ")
}

/// The last judgement of a script.
pub(crate) fn last(script: &str) -> Judgement {
    staged(script).judgement.expect("a step")
}

/// What there is at the end of a script.
pub(crate) fn world_after(script: &str) -> World {
    staged(script).stage.world
}

fn staged(script: &str) -> Play {
    let mut steps = script.split(';').map(str::trim);
    let mut play = Play {
        stage: Stage::new(steps.next().expect("a kind")),
        memory: Memory::default(),
        judgement: None,
        said: Vec::new(),
    };
    for step in steps {
        let mut words = step.split_whitespace();
        let now = START + span(words.next().expect("a time"));
        play.wait_until(now);
        for word in words {
            play.stage.apply(word, now);
        }
        play.stage.settle_status(now);
        play.judge(now);
    }
    play
}

/// What happens, and what was said of it so far.
struct Play {
    stage: Stage,
    memory: Memory,
    judgement: Option<Judgement>,
    said: Vec<String>,
}

impl Play {
    /// Lets time alone do what it does, up to that time.
    fn wait_until(&mut self, until: Time) {
        for _ in 0..1000 {
            let Some(before) = &self.judgement else { return };
            let Some(due) = before.due.filter(|due| *due < until) else {
                let early = self.stage.world.judge(&self.memory, until - Duration::from_millis(1));
                assert_eq!((early.health, early.since), (before.health, before.since), "changed undue");
                return;
            };
            let early = self.stage.world.judge(&self.memory, due - Duration::from_millis(1));
            assert_eq!(
                (early.health, early.since),
                (before.health, before.since),
                "changed before it was due"
            );
            assert_eq!(early.due, before.due);
            self.judge(due);
        }
        panic!("it is due without end");
    }

    fn judge(&mut self, now: Time) {
        let judgement = self.stage.world.judge(&self.memory, now);
        assert!(judgement.due.is_none_or(|due| due > now), "due in the past");
        assert!(judgement.since <= now, "a status from the future");
        let again = self.stage.world.judge(&judgement.memory, now);
        assert_eq!(again, judgement, "asked again");
        let restored = Memory::from_text(&judgement.memory.to_text()).expect("a memory");
        assert_eq!(restored, judgement.memory, "the memory's text");
        let restarted = self.stage.world.judge(&restored, now);
        assert_eq!(
            (restarted.health, restarted.since),
            (judgement.health, judgement.since),
            "after a restart"
        );
        assert_eq!(restarted.diagnosis, judgement.diagnosis, "after a restart");
        let before = self.judgement.as_ref().map(|before| before.health);
        if before != Some(judgement.health) {
            let secs = judgement.since.since(START).as_secs();
            let time = if secs >= 60 && secs.is_multiple_of(60) {
                format!("{}m", secs / 60)
            } else {
                format!("{secs}s")
            };
            let faults = judgement.diagnosis.as_ref().filter(|diagnosis| diagnosis.code.is_fault());
            let code = faults.map(|diagnosis| format!(" {}", diagnosis.code.as_str()));
            self.said.push(format!("{time} {}{}", judgement.health, code.unwrap_or_default()));
        }
        self.memory = judgement.memory.clone();
        self.judgement = Some(judgement);
    }
}

/// `90s`, `2m`, `1h`, `500ms`
pub(crate) fn span(text: &str) -> Duration {
    if let Some(millis) = text.strip_suffix("ms") {
        return Duration::from_millis(millis.parse().expect("a number"));
    }
    let (number, unit) = text.split_at(text.len() - 1);
    let secs = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        other => panic!("no unit {other}"),
    };
    Duration::from_secs(number.parse::<u64>().expect("a number") * secs)
}
