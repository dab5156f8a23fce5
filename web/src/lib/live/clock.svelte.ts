/** The time that ages are counted to: the server's, so that a wrong clock of this machine makes no wrong ages. */

import { instant } from "../format/time";

const TICK_MS = 5_000;
/** Differences below this are the way that the answer took, not a wrong clock. */
const SKEW_MIN_MS = 3_000;

class Clock {
  /** Milliseconds since 1970. Moves on every five seconds while somebody looks. */
  now = $state(Date.now());
  #skewMs = 0;

  /** Learns the server's time from an answer that has just come. */
  learn(serverTime: string | null): void {
    const at = instant(serverTime);
    if (at === null) return;
    const skew = at - Date.now();
    this.#skewMs = Math.abs(skew) < SKEW_MIN_MS ? 0 : skew;
    this.#tick();
  }

  /** Runs until the returned function is called. */
  start(): () => void {
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
    this.now = Date.now() + this.#skewMs;
  }
}

export const clock = new Clock();
