/** The wire format of Server-Sent Events (WHATWG HTML, section 9.2.6), as far as a reader of one stream needs it. */

export interface StreamEvent {
  /** `message` when the server names none. */
  type: string;
  data: string;
  /** The last id seen on the stream, also from earlier events. */
  lastEventId: string;
}

/** An event longer than this is not one of ours. Snapshot parts of 200 rows stay far below. */
const EVENT_CHARS_MAX = 32 * 1024 * 1024;

export class StreamParser {
  #line = "";
  #afterCarriageReturn = false;
  #first = true;
  #type = "";
  #data: string[] = [];
  #dataChars = 0;
  #lastEventId = "";

  /** Takes the next piece of decoded text, cut anywhere, and gives back the events that it completes. */
  push(text: string): StreamEvent[] {
    if (this.#first && text !== "") {
      this.#first = false;
      if (text.startsWith("\uFEFF")) text = text.slice(1);
    }
    const events: StreamEvent[] = [];
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const char = text[at];
      if (char !== "\n" && char !== "\r") {
        this.#afterCarriageReturn = false;
        // Jump to the next line end: data lines are long.
        const end = nextLineEnd(text, at);
        at = end - 1;
        continue;
      }
      if (char === "\n" && this.#afterCarriageReturn) {
        // The second half of a CRLF.
        this.#afterCarriageReturn = false;
        from = at + 1;
        continue;
      }
      this.#afterCarriageReturn = char === "\r";
      const event = this.#endLine(this.#line + text.slice(from, at));
      if (event) events.push(event);
      this.#line = "";
      from = at + 1;
    }
    this.#line += text.slice(from);
    if (this.#line.length + this.#dataChars > EVENT_CHARS_MAX)
      throw new RangeError("an event of the stream is too long");
    return events;
  }

  #endLine(line: string): StreamEvent | null {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    // A line that begins with a colon is a comment: it only keeps the connection open.
    if (colon === 0) return null;
    const field = colon < 0 ? line : line.slice(0, colon);
    let value = colon < 0 ? "" : line.slice(colon + 1);
    if (value.startsWith(" ")) value = value.slice(1);
    if (field === "event") this.#type = value;
    else if (field === "id" && !value.includes("\0")) this.#lastEventId = value;
    else if (field === "data") {
      this.#data.push(value);
      this.#dataChars += value.length;
    }
    return null;
  }

  #dispatch(): StreamEvent | null {
    const event =
      this.#data.length === 0
        ? null
        : { type: this.#type || "message", data: this.#data.join("\n"), lastEventId: this.#lastEventId };
    this.#type = "";
    this.#data = [];
    this.#dataChars = 0;
    return event;
  }
}

function nextLineEnd(text: string, from: number): number {
  const feed = text.indexOf("\n", from);
  const end = feed < 0 ? text.length : feed;
  const carriage = text.slice(from, end).indexOf("\r");
  return carriage < 0 ? end : from + carriage;
}
