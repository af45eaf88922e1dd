/** `npm run keep-former`: saves the present bundle, gzipped, in `test/former`. */
/**
 * `test/long/former.long.ts` runs it beside later ones on one storage. Run it once per release, and before
 * the stored format changes.
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
