/** Sentences with code in backticks. */

export interface ProsePart {
  text: string;
  code: boolean;
}

/** Cuts at pairs of backticks; one without a partner is a character like any other. */
export function proseParts(text: string): ProsePart[] {
  const parts: ProsePart[] = [];
  let from = 0;
  while (from < text.length) {
    const open = text.indexOf("`", from);
    const close = open < 0 ? -1 : text.indexOf("`", open + 1);
    if (close < 0) break;
    if (open > from) parts.push({ text: text.slice(from, open), code: false });
    if (close > open + 1) parts.push({ text: text.slice(open + 1, close), code: true });
    from = close + 1;
  }
  if (from < text.length) parts.push({ text: text.slice(from), code: false });
  return parts;
}

export interface NextStep {
  prose: string;
  /** What a person would paste into a shell, in the order of the sentence. */
  commands: string[];
}

/** Splits what to do into its sentence and its commands; a command that ends the sentence is not said twice. */
export function nextStep(text: string): NextStep {
  // A step may be nothing but a command.
  if (COMMAND.test(text) && !text.includes("`")) return { prose: "", commands: [text] };
  const parts = proseParts(text);
  const commands = parts.filter((part) => part.code && COMMAND.test(part.text)).map((part) => part.text);
  const last = commands.at(-1);
  const ending = last === undefined ? -1 : text.lastIndexOf(`\`${last}\``);
  const cut = last !== undefined && /^[.\s]*$/.test(text.slice(ending + last.length + 2));
  return { prose: cut ? text.slice(0, ending).trimEnd() : text, commands };
}

/** The sentence without its backticks, for titles and for places too small for code. */
export function plainProse(text: string): string {
  return proseParts(text)
    .map((part) => part.text)
    .join("");
}

const COMMAND = /^(kubectl|helm|docker|crictl|argocd|flux)\s/;
