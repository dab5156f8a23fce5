/** What a component says, for tests: it is drawn as for a server, so effects do not run. */

import type { Component, ComponentProps } from "svelte";
import { render } from "svelte/server";

/** The HTML, and its text with blanks as a reader sees them. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function drawn<C extends Component<any>>(
  component: C,
  props: ComponentProps<C>,
): { html: string; text: string } {
  const { body: html } = render(component as Component, { props });
  const text = html
    .replace(/<!--.*?-->|<[^>]*>/gs, "")
    .replace(/\s+/g, " ")
    .trim();
  return { html, text };
}
