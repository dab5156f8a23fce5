/** The script of the pages beyond the first look. */

type DetailPages = typeof import("../../pages/detail");

let pages: Promise<DetailPages> | null = null;

/** Fetches it once; a failure is not kept, so that the next page asks again. */
export function loadDetailPages(): Promise<DetailPages> {
  pages ??= import("../../pages/detail").catch((error: unknown) => {
    pages = null;
    throw error;
  });
  return pages;
}

/** Fetches it when the browser has nothing better to do: a page left open over an upgrade then has all its parts. */
export function fetchDetailPagesLater(): void {
  const fetchNow = (): void => void loadDetailPages().catch(() => undefined);
  if ("requestIdleCallback" in globalThis) requestIdleCallback(fetchNow, { timeout: 5_000 });
  else setTimeout(fetchNow, 1_000);
}
