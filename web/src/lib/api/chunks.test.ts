import { expect, test } from "vitest";
import { chunksOf } from "./chunks";

/** A body in a browser whose streams can't be iterated. */
function body(source: UnderlyingDefaultSource<string>): ReadableStream<string> {
  return Object.assign(new ReadableStream(source), { [Symbol.asyncIterator]: undefined }) as ReadableStream<string>;
}

async function collect(chunks: AsyncIterable<string>): Promise<string[]> {
  const all = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

test("a body is read to its end where streams can't be iterated, and let go", async () => {
  const stream = body({
    start(controller) {
      controller.enqueue("a");
      controller.enqueue("b");
      controller.close();
    },
  });
  expect(await collect(chunksOf(stream))).toEqual(["a", "b"]);
  expect(stream.locked).toBe(false);
});

test("who stops reading closes the connection", async () => {
  let cancelled = false;
  const stream = body({
    start: (controller) => controller.enqueue("a"),
    cancel: () => void (cancelled = true),
  });
  for await (const chunk of chunksOf(stream)) {
    expect(chunk).toBe("a");
    break;
  }
  expect(cancelled).toBe(true);
  expect(stream.locked).toBe(false);
});

test("a connection that breaks is a failure, not an end", async () => {
  const stream = body({ start: (controller) => controller.error(new TypeError("network error")) });
  await expect(collect(chunksOf(stream))).rejects.toThrow("network error");
  expect(stream.locked).toBe(false);
});
