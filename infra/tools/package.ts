/** `npm run package`: builds the bundle and makes `dist/package` and `dist/package.zip` for deployment. */
import { join, relative } from "node:path";
import { pathOf } from "../local/child.ts";
import { buildBundle } from "./build.ts";
import { makePackage, type Package } from "./package/make-package.ts";

const ROOT = pathOf("../..", import.meta.url);

function describe({ folder, zip, zipBytes, sha256, files }: Package): string {
  const sum = files.reduce((total, { bytes }) => total + bytes, 0);
  return [
    ...files.map(({ path, bytes }) => line(bytes, path)),
    "",
    line(sum, `${relative(ROOT, folder)}, ${files.length} files`),
    line(zipBytes, `${relative(ROOT, zip)}, sha256 ${sha256}`),
  ].join("\n");
}

const line = (bytes: number, text: string) => `${String(bytes).padStart(10)}  ${text}`;

try {
  await buildBundle();
  console.log(describe(await makePackage(ROOT, join(ROOT, "dist"))));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
