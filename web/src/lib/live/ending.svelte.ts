/** Ages that end: of what is gone nothing grows older. */

import { getContext, setContext, untrack } from "svelte";
import { clock } from "./clock.svelte";

const NOW = Symbol("now");

/** Stops the clock of a component and those in it when `ended` becomes true; `at` is that moment as the page saw it. */
export function endsWhen(ended: () => boolean): { readonly at: number | null } {
  let at = $state<number | null>(null);
  const over = $derived(ended());
  $effect(() => {
    const now = over ? untrack(() => clock.now) : null;
    at = now;
  });
  setContext(NOW, () => at ?? clock.now);
  return {
    get at() {
      return at;
    },
  };
}

/** What an age counts up to, where the component that asks stands. */
export function useNow(): () => number {
  return getContext<(() => number) | undefined>(NOW) ?? (() => clock.now);
}
