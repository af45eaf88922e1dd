/** The reference page: guide and operations, area by area in the order an app needs them, then the shapes. */
import type { Called } from "./examples.ts";
import { frame } from "./frame.ts";
import { type Html, html, joined } from "./html.ts";
import { blocks, inline, type LinkTo, slugOf } from "./markdown.ts";
import { type Document, resolve, routeOf } from "./openapi.ts";
import { operationView } from "./operation-view.ts";
import { PROBLEM } from "./replies-view.ts";
import { members, namesIn, shapeId, typeOf } from "./schema-view.ts";

/** `title` is an area's name, or the guide's own. */
type Chapter = { title: string; text: string };
type Area = { title: string; lead: string; chapter: Chapter | undefined; operations: Called[] };

/** Links to each operation within the reference. */
export function operationLinks(document: Document): (route: string) => string | undefined {
  const links = new Map(
    calledIn(document).map(({ method, path, operation }) => [
      routeOf(method, path),
      `#${operation.operationId}`,
    ]),
  );
  return (route) => links.get(route);
}

const calledIn = ({ paths }: Document): Called[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );

/** Throws if the guide has a chapter without an area in the document. */
export function docsPage(document: Document, guide: string, linkTo: LinkTo): string {
  const [first, ...chapters] = chaptersIn(guide);
  if (!first) throw new Error("The guide has no chapters.");
  const areas = document.tags.map(({ name, description }) => ({
    title: name,
    lead: description,
    chapter: chapters.find(({ title }) => title === name),
    operations: calledIn(document).filter(({ operation }) => operation.tags[0] === name),
  }));
  const stray = chapters.find(({ title }) => !areas.some((area) => area.title === title));
  if (stray) throw new Error(`The guide has a chapter ${stray.title}, and the document has no such area.`);
  const shapes = sharedShapes(document);
  const contents = html`${contentsOf(first.title, headingsIn(first.text))}${areas.map((area) =>
    contentsOf(area.title, [...headingsIn(area.chapter?.text ?? ""), ...area.operations.map(linkOf)]),
  )}${contentsOf("Shapes", [])}`;
  const body = html`<div class="reference">
<nav class="side" aria-label="Contents, beside the text">
<ul>${contents}</ul>
</nav>
<main class="page">
<h1>${document.info.title}: the reference</h1>
<p class="soft">Version ${document.info.version} · <a href="v1/openapi.json">OpenAPI document</a> · <a href="problems">All problems</a></p>
<nav class="top" aria-label="Contents">
<details><summary>Contents</summary>
<ul>${contents}</ul>
</details>
</nav>
<h2 id="${slugOf(first.title)}">${first.title}</h2>
${blocks(first.text, linkTo)}
${joined(
  areas.map((area) => areaView(document, area, linkTo)),
  "\n",
)}
<h2 id="shapes">Shapes</h2>
<p>The objects that operations send or answer.</p>
${joined(
  shapes.map((name) => shapeView(document, name, linkTo)),
  "\n",
)}
</main>
</div>`;
  return frame({ title: `${document.info.title}: the reference`, body });
}

const chaptersIn = (guide: string): Chapter[] =>
  guide
    .split(/^# /m)
    .slice(1)
    .map((part) => {
      const [title = "", ...lines] = part.split("\n");
      return { title: title.trim(), text: lines.join("\n") };
    });

type Link = { address: string; label: string };

const headingsIn = (text: string): Link[] =>
  [...text.matchAll(/^## (.+)$/gm)].map(([, label = ""]) => ({ address: `#${slugOf(label)}`, label }));

const linkOf = ({ operation }: Called): Link => ({
  address: `#${operation.operationId}`,
  label: operation.summary,
});

const contentsOf = (title: string, links: Link[]): Html =>
  html`
<li><a href="#${slugOf(title)}">${title}</a>${
    links.length === 0
      ? undefined
      : html`
<ul>${links.map(({ address, label }) => html`\n<li><a href="${address}">${label}</a></li>`)}</ul>`
  }</li>`;

const areaView = (document: Document, { title, lead, chapter, operations }: Area, linkTo: LinkTo): Html =>
  html`<h2 id="${slugOf(title)}">${title}</h2>
<p>${inline(lead, linkTo)}</p>
${chapter && blocks(chapter.text, linkTo)}
${joined(
  operations.map((called) => operationView(document, called, linkTo)),
  "\n",
)}`;

/** The names of all shapes that operations refer to, directly or not; problems have their own pages. */
function sharedShapes(document: Document): string[] {
  const { schemas, responses } = document.components;
  const contents = calledIn(document).flatMap(({ operation }) => [
    ...Object.values(operation.requestBody?.content ?? {}),
    ...Object.values(operation.responses).flatMap((response) =>
      Object.entries(resolve(response, responses).content)
        .filter(([type]) => type !== PROBLEM)
        .map(([, content]) => content),
    ),
  ]);
  const found = new Set<string>();
  const follow = (name: string) => {
    if (found.has(name)) return;
    found.add(name);
    const schema = schemas[name];
    if (schema) for (const next of namesIn(schema)) follow(next);
  };
  for (const { schema } of contents) for (const name of namesIn(schema)) follow(name);
  return [...found].toSorted();
}

function shapeView({ components }: Document, name: string, linkTo: LinkTo): Html {
  const schema = components.schemas[name];
  if (!schema) throw new Error(`The document has no schema ${name}.`);
  return html`<section aria-labelledby="${shapeId(name)}">
<h3 id="${shapeId(name)}">${name}</h3>
${schema.description ? html`<p>${inline(schema.description, linkTo)}</p>` : undefined}
${members(schema, linkTo) ?? html`<p>${typeOf(schema)}</p>`}
</section>`;
}
