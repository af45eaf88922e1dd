/** A page for each problem, to which its `type` leads, and the list of all problems. */

import { type Help, problemHelp } from "../../lib/http/problems/help.ts";
import { typeOf } from "../../lib/http/problems/problem.ts";
import { type ProblemKind, problems } from "../../lib/http/problems/problems.ts";
import { frame } from "./frame.ts";
import { type Html, html } from "./html.ts";
import { codeBlock, inline, type LinkTo } from "./markdown.ts";
import type { Document, Schema } from "./openapi.ts";

const KINDS = Object.keys(problems)
  .filter((kind): kind is ProblemKind => kind in problems)
  .toSorted();

const RETRIES = {
  "as-is": "Yes, unchanged, after the seconds in Retry-After.",
  "after-change": "Yes, after the change described below.",
  never: "No. The service would refuse it again.",
} as const;

const withoutStop = (title: string) => title.replace(/\.$/, "");

/** Each page's HTML, by its path relative to the API's address. `linkTo` is relative to it, too. */
export function problemPages(document: Document, linkTo: LinkTo): Record<string, string> {
  const fromProblem: LinkTo = (code) => above(linkTo(code));
  const pages = KINDS.map((kind) => [`problems/${kind}`, problemPage(document, kind, fromProblem)] as const);
  return { ...Object.fromEntries(pages), problems: listPage(), "unknown-problem": unknownPage() };
}

const above = (address: string | undefined) => (address === undefined ? undefined : `../${address}`);

function problemPage(document: Document, kind: ProblemKind, linkTo: LinkTo): string {
  const { status, title, remedy, retry } = problems[kind];
  const help: Help = problemHelp[kind];
  const body = html`<main class="page">
<p class="soft"><a href="../problems">All problems</a> · <a href="../docs">Reference</a></p>
<h1>${withoutStop(title)}</h1>
<dl class="facts">
<dt>Type</dt><dd><code>${typeOf(kind)}</code></dd>
<dt>Status</dt><dd>${status}</dd>
<dt>Repeat?</dt><dd>${RETRIES[retry]}</dd>
</dl>
<h2>If you develop an app</h2>
<h3>What happened</h3>
<p>${inline(help.cause, linkTo)}</p>
<h3>What to do</h3>
<p>${inline(remedy, linkTo)}</p>
${exampleOf(document, kind)}
<h2>If this is your phone</h2>
<h3>What happened</h3>
<p>${help.told}</p>
<h3>What you can do</h3>
<p>${help.advice}</p>
</main>`;
  return frame({ title: withoutStop(title), body });
}

/** The document's example; problems that no endpoint answers have none. */
function exampleOf({ components }: Document, kind: ProblemKind): Html | undefined {
  const isOfKind = ({ properties }: Schema) => properties?.["type"]?.const === typeOf(kind);
  const [example] = Object.values(components.schemas).find(isOfKind)?.examples ?? [];
  if (example === undefined) return undefined;
  return html`<h3>What it looks like</h3>
${codeBlock(JSON.stringify(example, undefined, 2))}`;
}

const listPage = () =>
  frame({
    title: "Problems",
    body: html`<main class="page">
<p class="soft"><a href="docs">Reference</a></p>
<h1>Problems</h1>
<p>The service refuses requests with a problem document (RFC 9457). Its <code>type</code> is one of these, and links to its page.</p>
${kindList("problems/")}
</main>`,
  });

const unknownPage = () =>
  frame({
    title: "There is no such problem",
    body: html`<main class="page">
<p class="soft"><a href="../docs">Reference</a></p>
<h1>There is no such problem</h1>
<p>The service has no problem with this name. These are all of them:</p>
${kindList("")}
</main>`,
  });

const kindList = (folder: string): Html =>
  html`<ul class="kinds">${KINDS.map(
    (kind) => html`
<li><a href="${folder}${kind}"><code>${kind}</code></a> <span class="soft">${problems[kind].status} · ${problems[kind].title}</span></li>`,
  )}
</ul>`;
