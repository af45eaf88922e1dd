/** Renders all static pages into one file, which is shipped beside the bundle. */
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { problems } from "../../lib/http/problems/problems.ts";
import { docsPage, operationLinks } from "./docs-page.ts";
import { styleHash } from "./frame.ts";
import type { LinkTo } from "./markdown.ts";
import { readDocument } from "./openapi.ts";
import { problemPages } from "./problem-pages.ts";

/** The file that lib/http/replies/built-pages.ts reads. */
const FILE = "pages.json";

const DOCUMENT = new URL("../../lib/http/openapi.json", import.meta.url);
const GUIDE = new URL("GUIDE.md", import.meta.url);

export async function buildPages(folder: string): Promise<{ bytes: number }> {
  const document = await readDocument(DOCUMENT);
  const operation = operationLinks(document);
  const linkTo: LinkTo = (code) => operation(code) ?? (code in problems ? `problems/${code}` : undefined);
  const docs = docsPage(document, await readFile(GUIDE, "utf8"), linkTo);
  const pages = Object.entries({ docs, ...problemPages(document, fromDocs(linkTo)) });
  const built = {
    styleHash,
    pages: Object.fromEntries(pages.map(([path, html]) => [path, { etag: etagOf(html), html }])),
  };
  const text = JSON.stringify(built);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, FILE), text);
  return { bytes: Buffer.byteLength(text) };
}

/** Links into the reference, from a page beside it. */
const fromDocs =
  (linkTo: LinkTo): LinkTo =>
  (code) => {
    const address = linkTo(code);
    return address?.startsWith("#") ? `docs${address}` : address;
  };

const etagOf = (html: string) => `"${createHash("sha256").update(html).digest("base64url").slice(0, 22)}"`;
