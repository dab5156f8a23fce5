/** Gives the browser its turn back when a piece of work has taken long enough. */

const SLICE_MS = 8;

export class Slices {
  #started = performance.now();

  /** Resolves at once within a slice, after the browser's other work when the slice is used up. */
  async breathe(): Promise<void> {
    if (performance.now() - this.#started < SLICE_MS) return;
    await new Promise<void>((resolve) => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        channel.port1.close();
        resolve();
      };
      channel.port2.postMessage(null);
    });
    this.#started = performance.now();
  }
}
