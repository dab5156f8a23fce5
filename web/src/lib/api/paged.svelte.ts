/** A list that the server pages: the pages loaded so far, and the next. */

import { untrack } from "svelte";
import { queryOf, read } from "./client";
import { useResource } from "./resource.svelte";
import type { List } from "./schema";

export type Parameters = Record<string, string | number | readonly string[] | null>;

export const PAGE_LIMIT = 100;

/**
 * The first page is kept fresh; those after it are as they were when they were asked for. An item that has moved from
 * one page to another meanwhile is shown once, as the newer answer has it: `keyOf` says which items are the same.
 */
export function usePagedList<T>(
  path: string,
  keyOf: (item: T) => string,
  parameters: () => Parameters,
  changes: () => unknown,
) {
  const first = useResource<List<T>>(
    () => path + queryOf({ ...parameters(), limit: PAGE_LIMIT }),
    () => changes(),
  );
  let later = $state.raw<T[]>([]);
  let next = $state.raw<string | null>(null);
  let loadingMore = $state(false);
  let failedMore = $state(false);
  const address = $derived(JSON.stringify(parameters()));

  // Other parameters are another list.
  $effect(() => {
    void address;
    untrack(() => {
      later = [];
      next = null;
    });
  });

  return {
    first,
    get items(): T[] {
      const items = new Map([...(first.data?.items ?? []), ...later].reverse().map((item) => [keyOf(item), item]));
      return [...items.values()].reverse();
    },
    get total(): number {
      return first.data?.total ?? 0;
    },
    get hasMore(): boolean {
      return (later.length > 0 ? next : (first.data?.next_cursor ?? null)) !== null;
    },
    get loadingMore(): boolean {
      return loadingMore;
    },
    get failedMore(): boolean {
      return failedMore;
    },
    async more(): Promise<void> {
      const cursor = later.length > 0 ? next : (first.data?.next_cursor ?? null);
      if (cursor === null || loadingMore) return;
      const asked = address;
      loadingMore = true;
      failedMore = false;
      try {
        const page = await read<List<T>>(path + queryOf({ ...parameters(), limit: PAGE_LIMIT, cursor }));
        if (asked === address) {
          later = [...later, ...page.items];
          next = page.next_cursor;
        }
      } catch {
        failedMore = true;
      } finally {
        loadingMore = false;
      }
    },
  };
}
