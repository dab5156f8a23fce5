/** The browser's history as a value: where we are, and how to get elsewhere. */

import { tick } from "svelte";
import { hrefOf, listOf, type Page, parseRoute, type Route } from "./route";
import { stepAfter, stepOf } from "./step";

export class Navigation {
  route = $state.raw<Route>(parseRoute(location.pathname, location.search));
  /** The browser has been asked to go back and has not yet. */
  #leaving = false;

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
      history.pushState(stepAfter(stepOf(history.state), samePage), "", href);
    }
    this.#arrive();
    if (!samePage) void this.#settle(0);
  }

  /** Goes back to the page from which this one was opened, as it was left; to `otherwise` if that was none of ours. */
  leave(otherwise: string): void {
    const { back } = stepOf(history.state);
    if (back === 0) this.go(otherwise);
    else if (!this.#leaving) {
      this.#leaving = true;
      history.go(-back);
    }
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
        this.#leaving = false;
        this.#arrive();
        void this.#settle(stepOf(event.state).scroll);
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
    history.replaceState({ ...stepOf(history.state), scroll: scrollY }, "");
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

export const navigation = new Navigation();
