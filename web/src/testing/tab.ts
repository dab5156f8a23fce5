/** The browser's tab around the page: in view or in the background, and without frames there. */

import { vi } from "vitest";

export class FakeTab {
  readonly #document = Object.assign(new EventTarget(), { hidden: false });
  readonly #frames = new Map<number, () => void>();
  #lastFrame = 0;

  /** Stands behind `document` and `window` from now on. */
  constructor() {
    vi.stubGlobal("document", this.#document);
    vi.stubGlobal("window", new EventTarget());
    vi.stubGlobal("requestAnimationFrame", (callback: () => void) => {
      this.#frames.set(++this.#lastFrame, callback);
      return this.#lastFrame;
    });
    vi.stubGlobal("cancelAnimationFrame", (frame: number) => void this.#frames.delete(frame));
  }

  hide(): void {
    this.#turn(true);
  }

  show(): void {
    this.#turn(false);
  }

  /** The next frame, if there is one. */
  frame(): void {
    if (this.#document.hidden) return;
    const due = [...this.#frames.values()];
    this.#frames.clear();
    for (const callback of due) callback();
  }

  #turn(hidden: boolean): void {
    this.#document.hidden = hidden;
    this.#document.dispatchEvent(new Event("visibilitychange"));
  }
}
