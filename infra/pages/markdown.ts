/** Renders the Markdown that the guide uses: headings, paragraphs, lists, tables, code and links. */
import { type Html, html, joined } from "./html.ts";

/** The address that describes a piece of code, such as `POST v1/devices` or `clock-skewed`, if any. */
export type LinkTo = (code: string) => string | undefined;

const MARK = new RegExp(
  [
    "`(?<code>[^`]+)`",
    "\\*\\*(?<strong>[^*]+)\\*\\*",
    "\\*(?<emphasis>[^*]+)\\*",
    "\\[(?<label>[^\\]]+)\\]\\((?<address>[^)]+)\\)",
    "\\b(?<operation>(?:GET|PUT|POST|PATCH|DELETE) (?:v1/[\\w/{}.-]*[\\w}]|docs|problems|health)\\b\\}?)",
  ].join("|"),
);

/** Renders inline marks. Code and operations link to their description if there is one. */
export function inline(text: string, linkTo: LinkTo): Html {
  const marked = MARK.exec(text);
  if (!marked) return html`${text}`;
  const rest = inline(text.slice(marked.index + marked[0].length), linkTo);
  return html`${text.slice(0, marked.index)}${shown(marked.groups ?? {}, linkTo)}${rest}`;
}

function shown(
  { code, strong, emphasis, label = "", address, operation }: Record<string, string>,
  linkTo: LinkTo,
): Html {
  if (strong !== undefined) return html`<strong>${inline(strong, linkTo)}</strong>`;
  if (emphasis !== undefined) return html`<em>${inline(emphasis, linkTo)}</em>`;
  if (address !== undefined) return html`<a href="${address}">${inline(label, () => undefined)}</a>`;
  const text = code ?? operation ?? "";
  const target = linkTo(text);
  const plain = html`<code>${text}</code>`;
  return target === undefined ? plain : html`<a href="${target}">${plain}</a>`;
}

/** Renders blocks separated by empty lines. `level`: the heading level of `##`. */
export const blocks = (text: string, linkTo: LinkTo, level = 3): Html =>
  joined(
    blocksIn(text).map((block) => renderBlock(block, linkTo, level)),
    "\n",
  );

/** A fenced block may contain empty lines. */
const blocksIn = (text: string) => text.match(/^```[\s\S]*?^```$|^(?!```).+(?:\n(?!```).+)*/gm) ?? [];

function renderBlock(block: string, linkTo: LinkTo, level: number): Html {
  const lines = block.split("\n");
  const [first = ""] = lines;
  if (first.startsWith("```")) return codeBlock(lines.slice(1, -1).join("\n"));
  if (first.startsWith("## ")) return heading(first.slice(3), level);
  if (first.startsWith("| ")) return table(lines, linkTo);
  if (first.startsWith("- ")) return html`<ul>${items(block, /^- /gm, linkTo)}\n</ul>`;
  if (/^\d+\. /.test(first)) return html`<ol>${items(block, /^\d+\. /gm, linkTo)}\n</ol>`;
  return html`<p>${inline(lines.join(" "), linkTo)}</p>`;
}

export const codeBlock = (text: string): Html => html`<pre><code>${text}</code></pre>`;

const heading = (title: string, level: number) =>
  level === 3 ? html`<h3 id="${slugOf(title)}">${title}</h3>` : html`<h4 id="${slugOf(title)}">${title}</h4>`;

export const slugOf = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");

const items = (block: string, mark: RegExp, linkTo: LinkTo) =>
  block
    .split(mark)
    .slice(1)
    .map((item) => html`\n<li>${inline(item.trim().replaceAll(/\n\s*/g, " "), linkTo)}</li>`);

/**
 * The second line, the rule under the head, is skipped. An empty first cell of the head is no header. Narrow
 * screens stack the cells; if there are several columns, each cell has its column's name as a label.
 */
function table([head = "", , ...rows]: string[], linkTo: LinkTo): Html {
  const labels = cellsOf(head);
  const top = labels.map((cell) =>
    cell === "" ? html`<td></td>` : html`<th scope="col">${inline(cell, linkTo)}</th>`,
  );
  return html`<table>\n<thead><tr>${top}</tr></thead>\n<tbody>${rows.map((row) => tableRow(row, labels, linkTo))}\n</tbody>\n</table>`;
}

function tableRow(row: string, labels: string[], linkTo: LinkTo): Html {
  const [first = "", ...others] = cellsOf(row);
  const cells = others.map((cell, at) => {
    const label = labels.length > 2 ? labels[at + 1] : undefined;
    return html`<td${label && html` data-label="${label}"`}>${inline(cell, linkTo)}</td>`;
  });
  return html`\n<tr><th scope="row">${inline(first, linkTo)}</th>${cells}</tr>`;
}

const cellsOf = (row: string) =>
  row
    .replaceAll(/^\| ?| ?\|$/g, "")
    .split("|")
    .map((cell) => cell.trim());
