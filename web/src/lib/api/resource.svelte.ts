/** One answer of the server that a page shows: loaded, kept while it is loaded again, and kept when that fails. */

import { untrack } from "svelte";
import { asFailure, Failure, read } from "./client";

/** A page that changes all the time asks no more often than this. */
const REFRESH_MIN_MS = 1_000;
/** A failure that may pass by itself is asked about again after this. */
const RETRY_MS = 5_000;

export class Resource<T> {
  /** The newest answer of the address asked for, never of another; it stays while the next is on its way or has failed. */
  data = $state.raw<T | null>(null);
  /** Why the last request has no answer: `data`, if there is any, is older than it should be. */
  failure = $state.raw<Failure | null>(null);
  loading = $state(false);

  #path: string | null = null;
  #request: AbortController | null = null;
  /** Something has changed since the last request was sent. */
  #outdated = false;
  /** Not to be asked for before, on the scale of `performance.now()`. */
  #earliest = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;
  readonly #closed = new AbortController();

  constructor() {
    document.addEventListener("visibilitychange", () => this.#schedule(), { signal: this.#closed.signal });
  }

  /** Asks for `path` at once. What was there stays if it is of the same path. */
  async load(path: string): Promise<void> {
    if (path !== this.#path) {
      this.data = null;
      this.failure = null;
    }
    this.#path = path;
    this.#cancel();
    const request = new AbortController();
    this.#request = request;
    this.#outdated = false;
    this.loading = true;
    let failure: Failure | null = null;
    try {
      const data = await read<T>(path, request.signal);
      if (request.signal.aborted) return;
      this.data = data;
    } catch (error) {
      if (request.signal.aborted) return;
      const cause = asFailure(error);
      failure = cause instanceof Failure ? cause : new Failure(null, "unreachable", cause.message);
    }
    const passing = failure?.passing ?? false;
    this.failure = failure;
    this.loading = false;
    this.#outdated ||= passing;
    this.#earliest = performance.now() + (passing ? RETRY_MS : REFRESH_MIN_MS);
    this.#schedule();
  }

  async retry(): Promise<void> {
    if (this.#path !== null) await this.load(this.#path);
  }

  /** Asks again soon: after the request under way, when somebody looks, and not too often. */
  refresh(): void {
    this.#outdated = true;
    this.#schedule();
  }

  close(): void {
    this.#closed.abort();
    this.#cancel();
  }

  #schedule(): void {
    if (!this.#outdated || this.loading || this.#timer !== null || this.#path === null || document.hidden) return;
    const wait = Math.max(0, this.#earliest - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (!document.hidden) void this.retry();
    }, wait);
  }

  #cancel(): void {
    this.#request?.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/**
 * A resource for the life of a component: loads whenever `path` gives another address, and again whenever `changes`
 * gives another value.
 */
export function useResource<T>(path: () => string, changes: () => unknown = () => undefined): Resource<T> {
  const resource = new Resource<T>();
  const address = $derived(path());
  $effect(() => {
    const at = address;
    untrack(() => void resource.load(at));
  });
  let first = true;
  $effect(() => {
    changes();
    if (!first) untrack(() => resource.refresh());
    first = false;
  });
  $effect(() => () => resource.close());
  return resource;
}
