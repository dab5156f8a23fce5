/** Whether something has happened to one workload. */

import { live } from "./live.svelte";
import { concerns } from "./model";

/**
 * For the life of a component, a number that grows whenever something happens to the workload: to its row, or to its
 * pods, events and claims. While the id is not known (null), whenever anything happens at all.
 */
export function newsOf(id: () => string | null): { readonly count: number } {
  let count = $state(0);
  const mine = $derived(id());
  $effect(() =>
    live.listen((deltas) => {
      if (mine === null || deltas.some((delta) => concerns(delta, mine))) count++;
    }),
  );
  return {
    get count() {
      return count;
    },
  };
}
