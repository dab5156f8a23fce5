/** Shortcuts of the whole page. Components say what a key does; here is when a key is a shortcut. */

export interface Shortcuts {
  /** `/` */
  search(): void;
  /** `g` and a letter. Returns whether the letter means a page. */
  goTo(letter: string): boolean;
  /** `?` */
  help(): void;
  /** `j`, `k`: the next row, the row before. */
  step(by: 1 | -1): void;
  /** `Esc`, when nothing nearer takes it. */
  leave(): void;
}

/** How long `g` waits for its letter. */
const CHORD_MS = 1_500;

/** Listens until the returned function is called. */
export function listenForShortcuts(shortcuts: Shortcuts): () => void {
  let chordUntil = 0;
  const onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const target = event.target instanceof Element ? event.target : null;
    // A dialog has the keyboard to itself, a field has the letters.
    if (target?.closest("dialog[open]")) return;
    if (takesText(target)) {
      if (event.key === "Escape" && target instanceof HTMLElement) target.blur();
      return;
    }
    if (event.timeStamp < chordUntil) {
      chordUntil = 0;
      if (shortcuts.goTo(event.key)) event.preventDefault();
      return;
    }
    switch (event.key) {
      case "g":
        chordUntil = event.timeStamp + CHORD_MS;
        return;
      case "/":
        shortcuts.search();
        break;
      case "?":
        shortcuts.help();
        break;
      case "j":
        shortcuts.step(1);
        break;
      case "k":
        shortcuts.step(-1);
        break;
      case "Escape":
        shortcuts.leave();
        break;
      default:
        return;
    }
    event.preventDefault();
  };
  document.addEventListener("keydown", onKey);
  return () => document.removeEventListener("keydown", onKey);
}

/** What `j` and `k` do on a page: the table with the focus, if it says so itself, else the rows in the document. */
export interface RowCursor {
  step(by: 1 | -1): void;
}

let cursor: RowCursor | null = null;

/** Makes a table the one that `j` and `k` move in, until the returned function is called. */
export function takeRowCursor(taker: RowCursor): () => void {
  cursor = taker;
  return () => {
    if (cursor === taker) cursor = null;
  };
}

export function stepRow(by: 1 | -1): void {
  if (cursor) {
    cursor.step(by);
    return;
  }
  const rows = [...document.querySelectorAll<HTMLElement>("#content [data-row]")].filter(
    (row) => row.offsetParent !== null,
  );
  const at = rows.findIndex((row) => row === document.activeElement);
  const next = at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1);
  rows[next]?.focus();
}

function takesText(target: Element | null): boolean {
  return target instanceof HTMLInputElement
    ? !["checkbox", "radio", "button"].includes(target.type)
    : target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
