/** What the browser keeps with each step of its history. */

export interface Step {
  scroll: number;
  /** How many steps back the page stands from which this one was opened; 0 when it was none of ours. */
  back: number;
}

export function stepOf(state: unknown): Step {
  const number = (name: string): number => {
    const value = typeof state === "object" && state !== null ? (state as Record<string, unknown>)[name] : 0;
    return typeof value === "number" ? value : 0;
  };
  return { scroll: number("scroll"), back: number("back") };
}

/** The step after this one. Within a page, to another of its tabs, the way out becomes longer by one. */
export function stepAfter(step: Step, samePage: boolean): Step {
  const back = !samePage ? 1 : step.back === 0 ? 0 : step.back + 1;
  return { scroll: 0, back };
}
