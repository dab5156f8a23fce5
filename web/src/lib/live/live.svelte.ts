/** The one copy of the clusters' state in this page, as the components see it. */

import type { Failure } from "../api/client";
import type { Overview, Source, Workload } from "../api/schema";
import { Follower } from "../stream/follow";
import { clock } from "./clock.svelte";
import { type Delta, LiveModel } from "./model";

export type Connection =
  /** Nothing is there yet. */
  | { state: "loading" }
  | { state: "live" }
  /** Not connected; what is shown is of `dataFrom` (the server's time), null when nothing is shown. */
  | { state: "lost"; failure: Failure; dataFrom: string | null }
  /** Connected to a server that has just begun to read; what is shown is older. */
  | { state: "catching-up"; dataFrom: string | null };

/** Without frames (a page in the background) changes are taken this often. */
const HIDDEN_FRAME_MS = 1_000;

export class Live {
  connection = $state.raw<Connection>({ state: "loading" });
  overview = $state.raw<Overview | null>(null);
  /** The rows are there, be they none. */
  listed = $state(false);
  /** Which start of the server is followed; null before the first list. Another one may be configured otherwise. */
  run = $state<string | null>(null);
  /** Grows whenever rows have changed. Read it to depend on `rows`. */
  revision = $state(0);

  readonly #model = new LiveModel();
  readonly #follower = new Follower(this.#model, {
    changed: (delta) => this.#enqueue(delta),
    opened: () => {
      this.#failure = null;
      this.#schedule();
    },
    lost: (failure) => {
      this.#failure = failure;
      this.#schedule();
    },
    heard: () => {
      if (!this.#model.holdsBack) this.#heardAt = clock.exact;
    },
  });
  #failure: Failure | null = null;
  /** When what is shown was last known to be so, in milliseconds since 1970: in a quiet cluster, later than any fact. */
  #heardAt: number | null = null;
  #deltas: Delta[] = [];
  #scheduled = false;
  readonly #listeners = new Set<(deltas: readonly Delta[]) => void>();

  /** By id. Not reactive by itself: read `revision` too. */
  get rows(): ReadonlyMap<string, Workload> {
    return this.#model.rows;
  }

  /** Whether what is shown is older than it should be. */
  get stale(): boolean {
    return this.connection.state === "lost" || this.connection.state === "catching-up";
  }

  /** The server has read its clusters once. */
  get ready(): boolean {
    return this.overview?.ready ?? false;
  }

  sourcesOf(resource: string): Source[] {
    return this.overview?.sources.filter((source) => source.resource === resource) ?? [];
  }

  /** Calls back once per frame with what changed, before the components see the new revision. */
  listen(listener: (deltas: readonly Delta[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Asks again how everything stands, beside what the stream tells. */
  async readOverview(): Promise<void> {
    // What the stream has told stays when that fails.
    await this.#follower.readOverview().catch(() => undefined);
  }

  /** Follows the server until the returned function is called. */
  start(): () => void {
    const stop = new AbortController();
    const stopClock = clock.start();
    const retry = (): void => {
      if (!document.hidden) this.#follower.retryNow();
    };
    window.addEventListener("online", retry, { signal: stop.signal });
    document.addEventListener("visibilitychange", retry, { signal: stop.signal });
    void this.#follower.run(stop.signal);
    return () => {
      stop.abort();
      stopClock();
    };
  }

  retryNow(): void {
    this.#follower.retryNow();
  }

  #enqueue(delta: Delta): void {
    if (delta.replaced) this.#heardAt = clock.exact;
    this.#deltas.push(delta);
    this.#schedule();
  }

  /** Changes are shown once per frame, however many arrive in between. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    const show = (): void => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
      this.#scheduled = false;
      this.#show();
    };
    // Beside the frame: a page that goes into the background before it has none, and changes would pile up.
    const timer = setTimeout(show, HIDDEN_FRAME_MS);
    const frame = requestAnimationFrame(show);
  }

  #show(): void {
    const deltas = this.#deltas;
    this.#deltas = [];
    this.overview = this.#model.overview;
    const rowsChanged = deltas.some((it) => it.replaced || it.upserted.length > 0 || it.removed.length > 0);
    const news = rowsChanged ? deltas : deltas.filter((it) => it.touched.length > 0);
    if (news.length > 0) for (const listener of this.#listeners) listener(news);
    if (rowsChanged) this.revision++;
    this.listed = this.#model.version !== null;
    this.run = this.#model.run;
    this.connection = this.#connection();
  }

  #connection(): Connection {
    const dataFrom = this.listed && this.#heardAt !== null ? new Date(this.#heardAt).toISOString() : null;
    if (this.#failure) return { state: "lost", failure: this.#failure, dataFrom };
    if (this.#model.holdsBack) return { state: "catching-up", dataFrom };
    return this.listed ? { state: "live" } : { state: "loading" };
  }
}

export const live = new Live();
