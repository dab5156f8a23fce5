/** One answer of the server that a page shows: loaded, kept while it is loaded again, and kept when that fails. */

import { untrack } from "svelte";
import { asFailure, Failure, isAbort, read } from "./client";

/** A page that changes all the time asks no more often than this. */
const REFRESH_MIN_MS = 1_000;

// The parameter says what `data` is.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
export class Resource<T> {
  /** The newest answer, also while the next is on its way or has failed. */
  data = $state.raw<T | null>(null);
  failure = $state.raw<Failure | null>(null);
  loading = $state(false);

  #path: string | null = null;
  #request: AbortController | null = null;
  #loadedAt = 0;
  #refresh: ReturnType<typeof setTimeout> | null = null;

  /** Loads `path` unless it is what is there. The answer of another path stays until the new one has come. */
  async load(path: string): Promise<void> {
    this.#path = path;
    this.#request?.abort();
    const request = new AbortController();
    this.#request = request;
    this.loading = true;
    try {
      this.data = await read<T>(path, request.signal);
      this.failure = null;
    } catch (error) {
      if (isAbort(error) || request.signal.aborted) return;
      const failure = asFailure(error);
      this.failure = failure instanceof Failure ? failure : new Failure(null, "unreachable", failure.message);
    }
    this.loading = false;
    this.#loadedAt = performance.now();
  }

  async retry(): Promise<void> {
    if (this.#path !== null) await this.load(this.#path);
  }

  /** Asks again soon: at once if the last answer is old enough, else when it will be. */
  refresh(): void {
    if (this.#refresh !== null || this.#path === null) return;
    const wait = Math.max(0, this.#loadedAt + REFRESH_MIN_MS - performance.now());
    this.#refresh = setTimeout(() => {
      this.#refresh = null;
      if (document.hidden || this.loading) return;
      void this.retry();
    }, wait);
  }

  close(): void {
    this.#request?.abort();
    if (this.#refresh !== null) clearTimeout(this.#refresh);
    this.#refresh = null;
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
