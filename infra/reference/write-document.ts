/** `npm run document` writes `lib/http/openapi.json`; `-- --release` also makes it the base of diffs. */
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openApiDocument, ROOT } from "./document.ts";

export const DOCUMENT = join(ROOT, "lib/http/openapi.json");
export const RELEASED = join(ROOT, "infra/reference/openapi.released.json");

export const documentText = () => `${JSON.stringify(openApiDocument({ answers: "open" }), undefined, 2)}\n`;

if (import.meta.main) {
  writeFileSync(DOCUMENT, documentText());
  if (process.argv.includes("--release")) copyFileSync(DOCUMENT, RELEASED);
}
