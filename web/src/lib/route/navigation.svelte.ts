/** The browser's history as a value: where we are, and how to get elsewhere. */

import { tick } from "svelte";
import { hrefOf, listOf, type Page, parseRoute, type Route } from "./route";

class Navigation {
  route = $state.raw<Route>(parseRoute(location.pathname, location.search));

  /** The namespaces that every page is limited to. They go along from page to page. */
  get namespaces(): string[] {
    return listOf(this.route.query.get("namespace"));
  }

  get clusters(): string[] {
    return listOf(this.route.query.get("cluster"));
  }

  /** The address of another page within the same scope. */
  to(page: Page, query: Record<string, string | readonly string[] | null | undefined> = {}): string {
    return hrefOf(page, { cluster: this.clusters, namespace: this.namespaces, ...query });
  }

  /** The address of this page with some parameters changed; null or "" takes one away. */
  with(changes: Record<string, string | readonly string[] | null>): string {
    return hrefOf(this.route.page, { ...Object.fromEntries(this.route.query), ...changes });
  }

  /** Goes there. `replace` leaves no step to come back to: for what changes letter by letter. */
  go(href: string, options: { replace?: boolean } = {}): void {
    if (href === location.pathname + location.search) return;
    const samePage = new URL(href, location.origin).pathname === location.pathname;
    if (options.replace) {
      history.replaceState(history.state, "", href);
    } else {
      this.#remember();
      history.pushState(null, "", href);
    }
    this.#arrive();
    if (!samePage) void this.#settle(0);
  }

  /** Follows links and the back button until the returned function is called. */
  start(): () => void {
    history.scrollRestoration = "manual";
    const stop = new AbortController();
    const { signal } = stop;
    document.addEventListener("click", (event) => this.#onClick(event), { signal });
    window.addEventListener("pagehide", () => this.#remember(), { signal });
    window.addEventListener(
      "popstate",
      (event) => {
        this.#arrive();
        void this.#settle(scrollOf(event.state));
      },
      { signal },
    );
    return () => stop.abort();
  }

  #arrive(): void {
    this.route = parseRoute(location.pathname, location.search);
  }

  /** A new page begins where it was left, and the keyboard begins at its content. */
  async #settle(scroll: number): Promise<void> {
    await tick();
    document.getElementById("content")?.focus({ preventScroll: true });
    scrollTo(0, scroll);
  }

  #remember(): void {
    history.replaceState({ scroll: scrollY }, "");
  }

  #onClick(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (link?.target !== "" || link.hasAttribute("download") || link.origin !== location.origin) return;
    const url = new URL(link.href);
    if (url.pathname.startsWith("/api/") || url.pathname === "/metrics") return;
    // A jump within the page is the browser's.
    if (url.hash !== "" && url.pathname === location.pathname && url.search === location.search) return;
    event.preventDefault();
    this.go(url.pathname + url.search);
  }
}

function scrollOf(state: unknown): number {
  const scroll = typeof state === "object" && state !== null && "scroll" in state ? state.scroll : 0;
  return typeof scroll === "number" ? scroll : 0;
}

export const navigation = new Navigation();
