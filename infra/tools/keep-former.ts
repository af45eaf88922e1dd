/**
 * `npm run keep-former`: keeps the present bundle in `test/former`, gzipped, so that
 * `test/long/former.long.ts` runs it beside later ones on one storage. Once for each release, and before what
 * is stored gets another form.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import * as z from "zod";
import { pathOf } from "../local/child.ts";
import { buildBundle } from "./build.ts";

const ROOT = pathOf("../..", import.meta.url);
const FOLDER = join(ROOT, "test/former");

function nameFor(version: string): string {
  for (let number = 1; ; number++) {
    const name = join(FOLDER, `${version}-${number}.js.gz`);
    if (!existsSync(name)) return name;
  }
}

const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")));
await buildBundle();
await mkdir(FOLDER, { recursive: true });
const name = nameFor(version);
await writeFile(name, gzipSync(await readFile(join(ROOT, "dist/index.js")), { level: 9 }));
console.log(name);
