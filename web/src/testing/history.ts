/** The browser's history around the page, as far as `Navigation` uses it. */

import { vi } from "vitest";

export class FakeHistory {
  readonly #steps: { url: URL; state: unknown }[];
  #at = 0;

  /** Stands behind `location`, `history` and `window` from now on, opened at this address. */
  constructor(path: string) {
    this.#steps = [{ url: new URL(path, ORIGIN), state: null }];
    const window = new EventTarget();
    const url = (): URL => this.#now.url;
    const state = (): unknown => this.#now.state;
    const location = {
      origin: ORIGIN,
      get pathname(): string {
        return url().pathname;
      },
      get search(): string {
        return url().search;
      },
    };
    const history = {
      get state(): unknown {
        return state();
      },
      pushState: (state: unknown, _: string, href: string): void => {
        this.#steps.splice(++this.#at, Infinity, { url: new URL(href, ORIGIN), state });
      },
      replaceState: (state: unknown, _: string, href: string = url().href): void => {
        this.#steps[this.#at] = { url: new URL(href, ORIGIN), state };
      },
      go: (by: number): void => {
        // As in a browser, after what is under way.
        queueMicrotask(() => {
          this.#at += by;
          window.dispatchEvent(Object.assign(new Event("popstate"), { state: state() }));
        });
      },
    };
    const document = Object.assign(new EventTarget(), { getElementById: () => null });
    for (const [name, value] of Object.entries({ window, location, history, document })) vi.stubGlobal(name, value);
    vi.stubGlobal("scrollY", 0);
    vi.stubGlobal("scrollTo", () => undefined);
  }

  get #now(): { url: URL; state: unknown } {
    const step = this.#steps[this.#at];
    if (!step) throw new Error("the page was left");
    return step;
  }
}

const ORIGIN = "http://maintenant.example";
