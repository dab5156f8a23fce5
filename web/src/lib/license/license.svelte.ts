/** How the licence stands, as the server says. It changes by the key, with a start of the server, and about once a year by time. */

import { Failure, read } from "../api/client";
import type { License } from "../api/schema";
import { instant } from "../format/time";
import { clock } from "../live/clock.svelte";

const HOUR_MS = 3_600_000;
/** After a request that the server could not be asked. */
const RETRY_MS = 30_000;
/** The server's clock and this one differ by less than that, once this one has learnt from it. */
const MARGIN_MS = 3_000;
/** After an answer that a moment later would have been another. */
const WAIT_MIN_MS = 1_000;

export class LicenseState {
  /** The newest answer; null before the first, and from a server that has none to give. */
  current = $state.raw<License | null>(null);

  /** Which start of the server it is known of. */
  #run: string | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #request: AbortController | null = null;

  /** Asks now, and again each hour and when the standing changes, until the returned function is called. */
  start(): () => void {
    this.refresh();
    return () => this.#stop();
  }

  /** Asks anew when the server has been started anew, maybe with another key. */
  follow(run: string | null): void {
    if (run === null || run === this.#run) return;
    const known = this.#run;
    this.#run = run;
    if (known !== null) this.refresh();
  }

  /** Asks now. */
  refresh(): void {
    this.#stop();
    void this.#ask();
  }

  async #ask(): Promise<void> {
    const request = new AbortController();
    this.#request = request;
    let failed = false;
    try {
      const answer = await read<License>("/license", request.signal);
      if (!request.signal.aborted) this.current = answer;
    } catch (error) {
      // What was known stays: that the server does not answer is said elsewhere.
      failed = error instanceof Failure && error.passing;
    }
    if (request.signal.aborted) return;
    this.#timer = setTimeout(() => this.refresh(), failed ? RETRY_MS : this.#wait());
  }

  #wait(): number {
    const changes = instant(this.current?.changes_at);
    if (changes === null) return HOUR_MS;
    const left = changes + MARGIN_MS - clock.exact;
    return left > 0 ? Math.max(WAIT_MIN_MS, Math.min(HOUR_MS, left)) : HOUR_MS;
  }

  #stop(): void {
    this.#request?.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

export const license = new LicenseState();
