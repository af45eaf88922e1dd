/** Makes the folder and the zip of what `func azure functionapp publish` would upload. */
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import * as z from "zod";
import { filesToUpload } from "./files-to-upload.ts";
import { type ZipFile, zip } from "./zip.ts";

export type Package = {
  folder: string;
  zip: string;
  zipBytes: number;
  /** Of the zip, in hexadecimal. */
  sha256: string;
  files: { path: string; bytes: number }[];
};

/** What the entry point reads when it is asked for it. */
const BESIDE = ["openapi.json", "pages.json"];

const EntryPoint = z.object({ main: z.string() });

/** @throws if the app's `.funcignore` leaves out what the Functions host needs */
export async function makePackage(app: string, out: string): Promise<Package> {
  const paths = filesToUpload(app);
  await assertComplete(app, paths);
  const files = await Promise.all(
    paths.map(async (name) => ({ name, content: await readFile(join(app, name)) })),
  );
  const [folder, archive] = [join(out, "package"), join(out, "package.zip")];
  await writeFolder(folder, files);
  const bytes = zip(files);
  await writeFile(archive, bytes);
  return {
    folder,
    zip: archive,
    zipBytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    files: files.map(({ name, content }) => ({ path: name, bytes: content.length })),
  };
}

async function assertComplete(app: string, paths: readonly string[]): Promise<void> {
  const { main } = EntryPoint.parse(JSON.parse(await readFile(join(app, "package.json"), "utf8")));
  const beside = BESIDE.map((name) => `${posix.dirname(main)}/${name}`);
  const missing = ["host.json", "package.json", main, ...beside].filter((path) => !paths.includes(path));
  if (missing.length > 0)
    throw new Error(`The package would lack ${missing.join(", ")}: see ${join(app, ".funcignore")}`);
}

async function writeFolder(folder: string, files: readonly ZipFile[]): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  for (const { name, content } of files) {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}
