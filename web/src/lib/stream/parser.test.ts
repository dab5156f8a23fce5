import { describe, expect, test } from "vitest";
import { StreamParser } from "./parser";

/** What comes out is the same however the text is cut. */
function check(text: string, expected: [type: string, data: string, lastEventId: string][]): void {
  for (const size of [1, 2, 3, 5, Math.max(1, text.length)]) {
    const parser = new StreamParser();
    const events = [];
    for (let at = 0; at < text.length; at += size) events.push(...parser.push(text.slice(at, at + size)));
    expect(events.map((it) => [it.type, it.data, it.lastEventId])).toEqual(expected);
  }
}

describe("the stream's wire format", () => {
  const rows: [name: string, text: string, expected: [string, string, string][]][] = [
    ["an event with type and id", 'id: e-7\nevent: change\ndata: {"a":1}\n\n', [["change", '{"a":1}', "e-7"]]],
    ["no type", "data: x\n\n", [["message", "x", ""]]],
    ["several data lines", "data: a\ndata: b\n\n", [["message", "a\nb", ""]]],
    [
      "no space, one space, two spaces",
      "data:a\n\ndata: b\n\ndata:  c\n\n",
      [
        ["message", "a", ""],
        ["message", "b", ""],
        ["message", " c", ""],
      ],
    ],
    ["comments are not events", ":\n\n: still here\n\ndata: x\n\n", [["message", "x", ""]]],
    [
      "an id stays until the next",
      "id: 1\ndata: a\n\ndata: b\n\n",
      [
        ["message", "a", "1"],
        ["message", "b", "1"],
      ],
    ],
    [
      "a type does not stay",
      "event: change\ndata: a\n\ndata: b\n\n",
      [
        ["change", "a", ""],
        ["message", "b", ""],
      ],
    ],
    ["a type without data is nothing", "event: change\n\ndata: b\n\n", [["message", "b", ""]]],
    ["CRLF", "event: change\r\ndata: a\r\n\r\n", [["change", "a", ""]]],
    ["CR alone", "event: change\rdata: a\r\r", [["change", "a", ""]]],
    ["an empty data line", "data:\n\n", [["message", "", ""]]],
    ["unknown fields", "retry: 5\nfoo: bar\ndata: a\n\n", [["message", "a", ""]]],
    ["a byte order mark", "\uFEFFdata: a\n\n", [["message", "a", ""]]],
    ["an event that has not ended", "data: a\n", []],
  ];
  test.each(rows)("%s", (_, text, expected) => check(text, expected));
});

test("a stream that never ends a line is refused, not kept", () => {
  const parser = new StreamParser();
  const megabyte = "x".repeat(1024 * 1024);
  expect(() => {
    for (let i = 0; i < 40; i++) parser.push(megabyte);
  }).toThrow(RangeError);
});
