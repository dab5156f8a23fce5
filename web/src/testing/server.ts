/** A server for `fetch`: it answers as the API does, and keeps account of what it was asked. */

import { vi } from "vitest";

/** What a route answers: JSON with a status, an open stream, or nothing at all when it is away. */
export type Answer = { status?: number; json: unknown } | { stream: EventStream } | "away";

type Route = (query: URLSearchParams) => Answer | Promise<Answer>;

export class FakeServer {
  /** Paths and queries behind `/api/v1`, in the order asked. */
  readonly asked: string[] = [];
  /** What its clock is ahead of the browser's, in milliseconds. */
  clockAheadMs = 0;
  readonly #routes = new Map<string, Route>();

  /** Stands behind `fetch` from now on. */
  constructor() {
    vi.stubGlobal("fetch", (url: string, init?: RequestInit) => this.#answer(url, init?.signal ?? null));
  }

  on(path: string, route: Route): this {
    this.#routes.set(path, route);
    return this;
  }

  async #answer(url: string, signal: AbortSignal | null): Promise<Response> {
    const { pathname, search, searchParams } = new URL(url, "http://maintenant.example");
    const path = pathname.replace("/api/v1", "");
    this.asked.push(path + search);
    const answered = new AbortController();
    const aborted = new Promise<never>((_, reject) => {
      const refuse = (): void => reject(new DOMException("aborted", "AbortError"));
      signal?.addEventListener("abort", refuse, { signal: answered.signal });
    });
    const route = this.#routes.get(path);
    const answer = await Promise.race([route?.(searchParams) ?? NOT_FOUND, aborted]);
    answered.abort();
    if (answer === "away") throw new TypeError("Failed to fetch");
    const headers = { date: new Date(Date.now() + this.clockAheadMs).toUTCString() };
    if ("json" in answer) return Response.json(answer.json, { status: answer.status ?? 200, headers });
    return new Response(answer.stream.open(signal), { headers });
  }
}

/** One stream of `/stream`, which says what the test makes it say. */
export class EventStream {
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | null = null;
  readonly #encoder = new TextEncoder();

  open(signal: AbortSignal | null): ReadableStream<Uint8Array<ArrayBuffer>> {
    return new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
        signal?.addEventListener("abort", () => controller.error(new DOMException("aborted", "AbortError")));
        this.comment();
      },
    });
  }

  send(type: "change" | "snapshot", data: unknown): void {
    this.#write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  comment(): void {
    this.#write(":\n\n");
  }

  end(): void {
    this.#controller?.close();
  }

  #write(text: string): void {
    this.#controller?.enqueue(this.#encoder.encode(text));
  }
}

/** Lets everything that waits for no time come to its end. Timers must be faked. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 30; i++) await vi.advanceTimersByTimeAsync(0);
}

const NOT_FOUND: Answer = { status: 404, json: { error: { code: "not_found", message: "There is no such route." } } };
