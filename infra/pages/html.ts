/** HTML as values: templates escape every part that isn't HTML already. */
import { escapeHtml } from "../local/escape-html.ts";

export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Part = Html | string | number | undefined | readonly Part[];

/** `undefined` renders nothing; a list renders its parts in order. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  const rendered = parts.map((part, at) => render(part) + strings[at + 1]);
  return new Html(strings[0] + rendered.join(""));
}

/** Puts `between` between the parts. */
export const joined = (parts: readonly Part[], between: Part): Html =>
  html`${parts.map((part, at) => (at === 0 ? part : html`${between}${part}`))}`;

function render(part: Part): string {
  if (part === undefined) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "object") return part.map(render).join("");
  return escapeHtml(String(part));
}
