/** A row that has changed marks itself, once. */

import type { Attachment } from "svelte/attachments";

const MARK_MS = 1_400;

/**
 * Attach to a row: it lights up when `signature` gives another text than before for the same `id`. A row that appears,
 * or an element that is used again for another row, does not.
 */
export function marksChange(id: () => string, signature: () => string): Attachment<HTMLElement> {
  return (node) => {
    let before: string | null = null;
    let beforeId: string | null = null;
    $effect(() => {
      const now = signature();
      const nowId = id();
      if (nowId === beforeId && before !== now && !matchMedia("(prefers-reduced-motion: reduce)").matches) {
        node.animate([{ backgroundColor: "var(--accent-soft)" }, { backgroundColor: "transparent" }], {
          duration: MARK_MS,
          easing: "ease-out",
        });
      }
      before = now;
      beforeId = nowId;
    });
  };
}
