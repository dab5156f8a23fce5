/** The time that ages are counted to: the server's, so that a wrong clock of this machine makes no wrong ages. */

import { instant } from "../format/time";

const TICK_MS = 5_000;
/** `Date` has whole seconds, and an answer takes its time: a smaller difference is not a wrong clock. */
const SKEW_MIN_MS = 3_000;

class Clock {
  /** Milliseconds since 1970. Moves on every five seconds while somebody looks. */
  now = $state(Date.now());
  #skewMs = 0;

  /** The server's time at this moment. To be read once; what depends on time reads `now`. */
  get exact(): number {
    return Date.now() + this.#skewMs;
  }

  /** Learns the server's time from the `Date` header of an answer that has just come. */
  learn(date: string | null): void {
    const at = instant(date);
    // Compared with what is known already: else ages would jump by a second with each answer.
    if (at === null || Math.abs(at - this.exact) < SKEW_MIN_MS) return;
    const skew = at - Date.now();
    this.#skewMs = Math.abs(skew) < SKEW_MIN_MS ? 0 : skew;
    this.#tick();
  }

  /** Runs until the returned function is called. */
  start(): () => void {
    this.#tick();
    const timer = setInterval(() => {
      if (!document.hidden) this.#tick();
    }, TICK_MS);
    const onVisible = (): void => this.#tick();
    document.addEventListener("visibilitychange", onVisible);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", onVisible);
    };
  }

  #tick(): void {
    this.now = this.exact;
  }
}

export const clock = new Clock();
