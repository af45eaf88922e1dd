/** The frame and style sheet of all built pages; the content security policy names the styles by hash. */
import { createHash } from "node:crypto";
import { Html, html } from "./html.ts";

/** Each theme names its colours once; contrast is at least 4.5 to 1 in both. */
const STYLE = `
:root { color-scheme: light dark; --text: #1b1b1f; --soft: #55555e; --page: #fff; --raised: #f4f4f7; --line: #d5d5dd; --link: #0b57a4; --good: #1a6b3a; --bad: #a3271f }
@media (prefers-color-scheme: dark) {
  :root { --text: #e7e7ec; --soft: #b3b3bf; --page: #16161a; --raised: #222228; --line: #3d3d47; --link: #8ebcf5; --good: #7fd09a; --bad: #ffa198 }
}
* { box-sizing: border-box }
html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100% }
body { margin: 0; font: 1rem/1.55 system-ui, sans-serif; color: var(--text); background: var(--page); overflow-wrap: break-word }
.page { max-width: 46rem; margin: 0 auto; padding: 1.5rem 1.125rem 4rem }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0.5rem 0 1rem }
h2 { font-size: 1.4rem; line-height: 1.25; margin: 2.75rem 0 0.75rem }
h3 { font-size: 1.1rem; line-height: 1.35; margin: 2rem 0 0.5rem }
h4 { font-size: 1rem; margin: 1.25rem 0 0.35rem }
p, ul, ol, dl, pre { margin: 0.6rem 0 }
li { margin: 0.25rem 0 }
a { color: var(--link); text-underline-offset: 0.15em }
a:focus-visible, summary:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 0.875em }
code { overflow-wrap: anywhere }
pre { padding: 0.75rem 0.875rem; border-radius: 0.5rem; background: var(--raised); white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.45 }
pre code { font-size: 1em }
.soft { color: var(--soft) }
.kinds { list-style: none; padding: 0 }
.kinds li { margin: 0; padding: 0.6rem 0; border-top: 1px solid var(--line) }
.kinds .soft { display: block }
.facts { display: grid; grid-template-columns: auto 1fr; gap: 0.25rem 1rem }
.facts dt { color: var(--soft) }
.facts dd { margin: 0 }
.members, .refusals { border-left: 2px solid var(--line); padding-left: 0.875rem }
.members dt { margin-top: 0.5rem }
.members dd { margin: 0.1rem 0 0 1rem }
.members .members { margin: 0.25rem 0 }
@media (min-width: 48rem) {
  .page > section > .members { display: grid; grid-template-columns: minmax(9rem, max-content) 1fr; gap: 0.4rem 1.25rem }
  .page > section > .members > dt { margin: 0; max-width: 16rem }
  .page > section > .members > dd { margin: 0 }
}
.refusals { display: grid; grid-template-columns: auto 1fr; gap: 0.15rem 1rem }
.refusals dd { margin: 0 }
.route { margin: 0.25rem 0 }
details { margin: 0.5rem 0 }
summary { cursor: pointer; color: var(--link) }
table { border-collapse: collapse; width: 100%; margin: 0.75rem 0; font-size: 0.95em }
th, td { text-align: left; vertical-align: top; padding: 0.45rem 0.75rem 0.45rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere }
th { font-weight: 600; overflow-wrap: break-word }
th code { overflow-wrap: break-word }
thead th, thead td { border-top: 0; color: var(--soft) }
nav ul { list-style: none; margin: 0; padding: 0 }
nav ul ul { margin: 0 0 0.5rem; padding-left: 0.875rem; font-size: 0.925em }
nav li { margin: 0.2rem 0 }
.side { display: none }
@media (max-width: 40rem) {
  table, tbody, tr, th, td { display: block }
  thead { display: none }
  tr { padding: 0.5rem 0; border-top: 1px solid var(--line) }
  th, td { border-top: 0; padding: 0.1rem 0 }
  td { padding-left: 1rem }
  td[data-label]:not([data-label=""], :empty)::before { content: attr(data-label) ": "; color: var(--soft) }
}
@media (min-width: 64rem) {
  .reference { display: grid; grid-template-columns: 17rem minmax(0, 1fr); max-width: 72rem; margin: 0 auto }
  .side { display: block; position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.5rem 1rem; border-right: 1px solid var(--line); font-size: 0.925rem }
  .top { display: none }
  .reference .page { margin: 0; max-width: 50rem; padding-left: 2.5rem }
}
`;

export const styleHash = `sha256-${createHash("sha256").update(STYLE).digest("base64")}`;

type Framed = { title: string; body: Html };

/** `body` contains the landmarks and the only h1. */
export const frame = ({ title, body }: Framed): string =>
  html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
${body}
</html>
`.text;
