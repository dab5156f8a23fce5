/**
 * Keeps a `LiveModel` in step with the server: list once, then follow the stream, and come back after every loss.
 *
 * States: `loading` until the first rows are there, `live` while the stream is open, `lost` while it is not.
 */

import { chunksOf } from "../api/chunks";
import { asFailure, Failure, open, queryOf, read } from "../api/client";
import { itemsOf } from "../api/list_reader";
import type { Change, Overview, SnapshotPart, Workload } from "../api/schema";
import { Slices } from "../api/slices";
import type { Delta, LiveModel } from "../live/model";
import { StreamParser } from "./parser";

export interface Listener {
  changed(delta: Delta): void;
  opened(): void;
  /** Something has come over the stream, be it a comment: what the model has is of this moment. */
  heard(): void;
  /** `retryInMs` is how long it waits before the next attempt. */
  lost(failure: Failure, retryInMs: number): void;
}

/** One request holds up to this many rows; a larger cluster takes several. */
const LIST_LIMIT = 10_000;
const BACKOFF_FIRST_MS = 500;
const BACKOFF_MAX_MS = 15_000;
/** The server sends a comment every 15 s; silence for longer than two of them is a dead connection. */
const SILENCE_MS = 40_000;

/** How long to wait before attempt `n` (from 0): doubles up to the cap, and half of it is drawn by lot. */
export function backoffMs(attempt: number, random: number): number {
  const full = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(attempt, 16));
  return full / 2 + (full / 2) * random;
}

export class Follower {
  readonly #model: LiveModel;
  readonly #listener: Listener;
  /** Ends the wait before the next attempt. */
  #wake: (() => void) | null = null;

  constructor(model: LiveModel, listener: Listener) {
    this.#model = model;
    this.#listener = listener;
  }

  /** Follows until `signal` is aborted. Never throws. */
  async run(signal: AbortSignal): Promise<void> {
    const stopped = (): boolean => signal.aborted;
    let attempt = 0;
    while (!stopped()) {
      let failure: Failure;
      try {
        await this.#catchUp(signal);
        await this.#followStream(signal, () => (attempt = 0));
        failure = new Failure(null, "stream_ended", "The server closed the stream.");
      } catch (error) {
        if (stopped()) return;
        const cause = asFailure(error);
        failure =
          cause instanceof Failure ? cause : new Failure(null, "stream_silent", "The stream has fallen silent.");
      }
      const wait = backoffMs(attempt++, Math.random());
      this.#listener.lost(failure, wait);
      await this.#pause(wait, signal);
    }
  }

  /** Tries again at once, for instance when the network is back. */
  retryNow(): void {
    this.#wake?.();
  }

  /** Asks how everything stands beside what the stream tells: that does not say which namespaces are gone. */
  async readOverview(signal?: AbortSignal): Promise<Overview> {
    const overview = await read<Overview>("/overview", signal);
    this.#listener.changed(this.#model.takeOverview(overview));
    return overview;
  }

  async #catchUp(signal: AbortSignal): Promise<void> {
    const overview = await this.readOverview(signal);
    if (this.#model.version !== null) return;

    const slices = new Slices();
    const rows: Workload[] = [];
    let cursor: string | null = null;
    do {
      const response = await open(`/workloads${queryOf({ limit: LIST_LIMIT, cursor })}`, { signal });
      const items = itemsOf<Workload>(response);
      let next = await items.next();
      while (next.done !== true) {
        rows.push(next.value);
        await slices.breathe();
        next = await items.next();
      }
      cursor = typeof next.value.next_cursor === "string" ? next.value.next_cursor : null;
    } while (cursor !== null);
    // Follow from the overview, the oldest of the answers: what changed while the others came is replayed over all of
    // them. Rows can't go back by that: a replay holds the last of each row, up to a version that no answer is ahead of.
    this.#listener.changed(this.#model.takeList(rows, overview.version));
  }

  async #followStream(signal: AbortSignal, onAlive: () => void): Promise<void> {
    const silence = new AbortController();
    let timer = setTimeout(() => silence.abort(), SILENCE_MS);
    try {
      const response = await open(`/stream${queryOf({ after: this.#model.version })}`, {
        cache: "no-store",
        headers: { accept: "text/event-stream" },
        signal: AbortSignal.any([signal, silence.signal]),
      });
      if (!response.body) return;
      this.#listener.opened();
      const parser = new StreamParser();
      const decoder = new TextDecoder();
      const slices = new Slices();
      for await (const bytes of chunksOf(response.body)) {
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), SILENCE_MS);
        // Only bytes show that it works: a proxy may answer 200 for a server that is away.
        onAlive();
        for (const event of parser.push(decoder.decode(bytes, { stream: true }))) {
          this.#take(event.type, event.data);
          await slices.breathe();
        }
        this.#listener.heard();
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #take(type: string, data: string): void {
    if (type === "change") this.#listener.changed(this.#model.takeChange(JSON.parse(data) as Change));
    else if (type === "snapshot") {
      this.#listener.changed(this.#model.takeSnapshotPart(JSON.parse(data) as SnapshotPart));
    }
    // Other types are of a newer server.
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        this.#wake = null;
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener("abort", done);
      this.#wake = done;
    });
  }
}
