/** Makes the folder and the zip that `func azure functionapp publish` would upload. */
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { zipSync } from "fflate";

export type Package = {
  folder: string;
  zip: string;
  zipBytes: number;
  /** Of the zip, in hexadecimal. */
  sha256: string;
  files: { path: string; bytes: number }[];
};

/** `.funcignore`, which `func azure functionapp publish` reads, must name the same files. */
export const UPLOADED = [
  "dist/index.js",
  "dist/openapi.json",
  "dist/pages.json",
  "host.json",
  "package.json",
];

/** The format's earliest time, and a plain file's mode: the same files always make the same bytes. */
const ALIKE = { mtime: new Date(1980, 0, 1), os: 3, attrs: 0o100644 << 16, level: 9 } as const;

export async function makePackage(app: string, out: string): Promise<Package> {
  const files = await Promise.all(
    UPLOADED.map(async (name) => ({ name, content: await readFile(join(app, name)) })),
  );
  const [folder, archive] = [join(out, "package"), join(out, "package.zip")];
  await writeFolder(folder, files);
  const bytes = zipSync(Object.fromEntries(files.map(({ name, content }) => [name, content])), ALIKE);
  await writeFile(archive, bytes);
  return {
    folder,
    zip: archive,
    zipBytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    files: files.map(({ name, content }) => ({ path: name, bytes: content.length })),
  };
}

async function writeFolder(
  folder: string,
  files: readonly { name: string; content: Buffer }[],
): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  for (const { name, content } of files) {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}
