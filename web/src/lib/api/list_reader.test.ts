import { describe, expect, test } from "vitest";
import { itemsOf, ItemSplitter } from "./list_reader";

/** Cuts the text in pieces of `size` and collects what comes out. */
function split(text: string, size: number): { items: unknown[]; rest: unknown } {
  const splitter = new ItemSplitter();
  const items: unknown[] = [];
  for (let at = 0; at < text.length; at += size) {
    items.push(...splitter.push(text.slice(at, at + size)).map((item) => JSON.parse(item) as unknown));
  }
  return { items, rest: splitter.end() };
}

describe("a list is the same however its text is cut", () => {
  const lists: [name: string, list: { items: unknown[] } & Record<string, unknown>][] = [
    ["none", { items: [], total: 0 }],
    ["one", { items: [{ a: 1 }], total: 1 }],
    ["nested objects and arrays", { items: [{ a: { b: [1, { c: 2 }] } }, { d: [] }], next_cursor: null }],
    ["brackets, quotes and backslashes in strings", { items: [{ a: 'x}],{["\\' }, { b: '\\"' }], as_of: "}]" }],
    ["letters of more than one byte", { items: [{ a: "é€😀" }], version: "e-1" }],
    ["another object beside the items", { meta: { a: 1, b: [2, 3] }, items: [{ c: 4 }], total: 1 }],
  ];
  for (const [name, list] of lists) {
    for (const pretty of [undefined, 2]) {
      const text = JSON.stringify(list, null, pretty);
      test(`${name}${pretty ? ", with blanks" : ""}`, () => {
        for (const size of [1, 2, 3, 7, text.length]) {
          const { items, rest } = split(text, size);
          expect(items).toEqual(list.items);
          expect(rest).toEqual({ ...list, items: [] });
        }
      });
    }
  }
});

test("a list that was cut off is an error, not a shorter list", () => {
  const splitter = new ItemSplitter();
  splitter.push('{"items":[{"a":1},');
  expect(() => splitter.end()).toThrow(SyntaxError);
});

test("items arrive one by one, also when a letter is cut between two chunks", async () => {
  const bytes = new TextEncoder().encode('{"items":[{"a":"é"},{"a":"€"}],"total":2}');
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (const byte of bytes) controller.enqueue(new Uint8Array([byte]));
      controller.close();
    },
  });
  const items = itemsOf<{ a: string }>(new Response(body));
  expect((await items.next()).value).toEqual({ a: "é" });
  expect((await items.next()).value).toEqual({ a: "€" });
  expect(await items.next()).toEqual({ done: true, value: { items: [], total: 2 } });
});
