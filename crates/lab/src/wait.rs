//! Waiting for a thing to become so.

use std::time::{Duration, Instant};

/// Asks `probe` until it succeeds and returns what it found; its error is the last thing seen. Panics when `within` has
/// passed, naming `what` was waited for and the last thing seen.
#[track_caller]
pub fn until<T>(what: &str, within: Duration, mut probe: impl FnMut() -> Result<T, String>) -> T {
    let deadline = Instant::now() + within;
    loop {
        match probe() {
            Ok(found) => return found,
            Err(seen) if Instant::now() >= deadline => {
                panic!("not within {within:?}: {what}; last seen: {seen}")
            }
            Err(_) => pause(),
        }
    }
}

/// Between two looks: short enough not to be felt, long enough to leave the processor to what is waited for.
#[expect(clippy::disallowed_methods, reason = "waiting for another process, which does not wake us")]
fn pause() {
    std::thread::sleep(Duration::from_millis(20));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn returns_what_the_probe_found_in_the_end() {
        let mut looks = 0;
        let found = until("three looks", Duration::from_secs(5), || {
            looks += 1;
            if looks == 3 { Ok(looks) } else { Err(format!("look {looks}")) }
        });
        assert_eq!(found, 3);
    }

    #[test]
    #[should_panic(expected = "not within 0ns: the moon; last seen: only stars")]
    fn says_what_was_seen_last() {
        until::<()>("the moon", Duration::ZERO, || Err("only stars".to_owned()));
    }
}
