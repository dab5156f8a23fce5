/**
 * Reads a list answer item by item while it arrives.
 *
 * `response.json()` parses 10,000 rows in one task and the page stands still meanwhile; this parses each item alone,
 * so that the work can be spread.
 */

import { chunksOf } from "./chunks";
import { Failure } from "./client";

/** Splits the text of `{"items":[{…},{…}],…}`, in pieces cut anywhere, into its items and the rest. */
export class ItemSplitter {
  #depth = 0;
  /** Depth 2 is inside an array of the root, not inside another object of it. */
  #inArray = false;
  #inString = false;
  #escaped = false;
  /** Text of the item that is open. */
  #item = "";
  /** The answer without its items. */
  #rest = "";

  /** Takes the next piece of text and gives back the JSON of each item that it completes. */
  push(text: string): string[] {
    const items: string[] = [];
    // `from` is where text begins that belongs to neither #item nor #rest yet.
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const char = text.charCodeAt(at);
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (char === BACKSLASH) this.#escaped = true;
        else if (char === QUOTE) this.#inString = false;
      } else if (char === QUOTE) {
        this.#inString = true;
      } else if (char === OPEN_BRACE || char === OPEN_BRACKET) {
        if (this.#depth === ITEM_DEPTH && this.#inArray) {
          this.#rest += text.slice(from, at);
          from = at;
        }
        this.#depth++;
        if (this.#depth === ITEM_DEPTH) this.#inArray = char === OPEN_BRACKET;
      } else if (char === CLOSE_BRACE || char === CLOSE_BRACKET) {
        this.#depth--;
        if (this.#depth === ITEM_DEPTH && this.#inArray) {
          items.push(this.#item + text.slice(from, at + 1));
          this.#item = "";
          from = at + 1;
        }
      } else if (char === COMMA && this.#depth === ITEM_DEPTH && this.#inArray) {
        // The commas between items go with them.
        this.#rest += text.slice(from, at);
        from = at + 1;
      }
    }
    if (this.#depth > ITEM_DEPTH && this.#inArray) this.#item += text.slice(from);
    else this.#rest += text.slice(from);
    return items;
  }

  /** The answer around the items, `{"items":[],"total":…}`. Throws `SyntaxError` when the text was cut off. */
  end(): unknown {
    if (this.#depth !== 0) throw new SyntaxError("the list ends too early");
    return JSON.parse(this.#rest);
  }
}

/** Yields the items of a list answer one by one and returns what stands around them. */
export async function* itemsOf<T>(response: Response): AsyncGenerator<T, Record<string, unknown>> {
  if (!response.body) throw new Failure(response.status, "bad_answer", "The server's answer is empty.");
  const splitter = new ItemSplitter();
  const decoder = new TextDecoder();
  for await (const bytes of chunksOf(response.body)) {
    for (const item of splitter.push(decoder.decode(bytes, { stream: true }))) yield JSON.parse(item) as T;
  }
  return splitter.end() as Record<string, unknown>;
}

/** Root object, then the array of items. */
const ITEM_DEPTH = 2;
const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
