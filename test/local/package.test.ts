/** `npm run package`: exactly what a deployment uploads, nothing of development in it, the same bytes each time. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { crc32, inflateRawSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { buildBundle } from "../../infra/local/build.ts";
import { makePackage, type Package } from "../../infra/local/package/make-package.ts";
import { zip } from "../../infra/local/package/zip.ts";

const BUNDLE = "dist/index.js";
const SHIPPED = [BUNDLE, "dist/openapi.json", "dist/pages.json", "host.json", "package.json"];
const aFolder = () => mkdtemp(join(tmpdir(), "package-"));
const pack = async (app = resolve(".")) => makePackage(app, await aFolder());

let made: Package;

beforeAll(async () => {
  made = await pack();
});

const filesIn = async (folder: string) => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files
    .map(({ parentPath, name }) =>
      join(parentPath, name)
        .slice(folder.length + 1)
        .replaceAll("\\", "/"),
    )
    .toSorted();
};

/** A reader of its own, by the central directory, which is what counts in a zip. */
function unzip(bytes: Buffer) {
  const end = bytes.length - 22;
  expect(bytes.readUInt32LE(end)).toBe(0x06054b50);
  const files: { name: string; content: Buffer; time: number; date: number; mode: number }[] = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    expect(bytes.readUInt32LE(at)).toBe(0x02014b50);
    const [packed, size, local] = [20, 24, 42].map((offset) => bytes.readUInt32LE(at + offset));
    const nameLength = bytes.readUInt16LE(at + 28);
    const name = bytes.subarray(at + 46, at + 46 + nameLength);
    const start = (local ?? 0) + 30 + nameLength;
    expect(bytes.subarray((local ?? 0) + 30, start)).toEqual(name);
    expect(bytes.subarray((local ?? 0) + 4, start - nameLength)).toEqual(bytes.subarray(at + 6, at + 32));
    const content = inflateRawSync(bytes.subarray(start, start + (packed ?? 0)));
    expect({ size: content.length, crc: crc32(content) }).toEqual({ size, crc: bytes.readUInt32LE(at + 16) });
    const [time, date] = [bytes.readUInt16LE(at + 12), bytes.readUInt16LE(at + 14)];
    files.push({ name: String(name), content, time, date, mode: bytes.readUInt32LE(at + 38) >>> 16 });
    at += 46 + nameLength;
  }
  expect(at).toBe(end);
  return files;
}

const hasUnzip = spawnSync("unzip", ["-v"]).status === 0;

describe("R42 the package", () => {
  it("R42 holds what the host needs and nothing else, as folder and as zip", async () => {
    expect(made.files.map(({ path }) => path)).toEqual(SHIPPED);
    expect(await filesIn(made.folder)).toEqual(SHIPPED);
    const bytes = await readFile(made.zip);
    const files = unzip(bytes);
    expect(files.map(({ name, content }) => ({ path: name, bytes: content.length }))).toEqual(made.files);
    for (const { name, content } of files) {
      expect(content).toEqual(await readFile(name));
      expect(content).toEqual(await readFile(join(made.folder, name)));
    }
    expect({ size: bytes.length, hash: createHash("sha256").update(bytes).digest("hex") }).toEqual({
      size: made.zipBytes,
      hash: made.sha256,
    });
  });

  it("R42 is the same bytes twice, whatever the times and modes of its files", async () => {
    const copy = await aFolder();
    for (const path of [...SHIPPED, ".funcignore"]) await cp(path, join(copy, path), { recursive: true });
    await utimes(join(copy, "host.json"), 1, 1);
    expect((await pack(copy)).sha256).toBe(made.sha256);
    const files = unzip(await readFile(made.zip));
    expect(new Set(files.map(({ time, date, mode }) => `${time} ${date} ${mode.toString(8)}`))).toEqual(
      new Set([`0 ${(1 << 5) | 1} 100644`]),
    );
    await writeFile(join(copy, "host.json"), "{}");
    expect((await pack(copy)).sha256).not.toBe(made.sha256);
  });

  it("R42 is the same bytes when it is built twice, wherever that is", async () => {
    const builds = [await aFolder(), await aFolder()].map(async (copy) => {
      for (const path of ["host.json", "package.json", ".funcignore"]) await cp(path, join(copy, path));
      await buildBundle(join(copy, BUNDLE));
      return (await pack(copy)).sha256;
    });
    expect(await Promise.all(builds)).toEqual([made.sha256, made.sha256]);
  });

  it("R42 leaves out what lies about in the folder, earlier packages and keys of developers too", async () => {
    const copy = await aFolder();
    for (const path of [...SHIPPED, ".funcignore"]) await cp(path, join(copy, path), { recursive: true });
    const { folder, zip: archive } = await makePackage(copy, join(copy, "dist"));
    for (const path of [".env", "local.settings.json", "key.pem", "dist/other.js.map", "notes/a.json"])
      await cp("host.json", join(copy, path), { recursive: true });
    const again = await makePackage(copy, join(copy, "dist"));
    expect(again).toMatchObject({ folder, zip: archive, sha256: made.sha256 });
  });

  it.skipIf(!hasUnzip)("R42 opens with Info-ZIP, too", async () => {
    const folder = await aFolder();
    const { status } = spawnSync("unzip", ["-q", made.zip, "-d", folder]);
    expect({ status, files: await filesIn(folder) }).toEqual({ status: 0, files: SHIPPED });
    for (const path of SHIPPED) expect(await readFile(join(folder, path))).toEqual(await readFile(path));
  });

  it("R42 as a zip takes any name, and files without content", async () => {
    const files = [
      { name: "empty", content: Buffer.alloc(0) },
      { name: "å/ö.txt", content: Buffer.from("ä") },
    ];
    expect(unzip(zip(files))).toMatchObject(files);
    expect(unzip(zip([]))).toEqual([]);
  });

  it("R42 replaces the one before it, whole", async () => {
    const out = await aFolder();
    const { folder } = await makePackage(resolve("."), out);
    await writeFile(join(folder, "left-over.js"), "");
    await makePackage(resolve("."), out);
    expect(await filesIn(folder)).toEqual(SHIPPED);
  });

  it("R42 isn't made when .funcignore leaves out what the host needs", async () => {
    const copy = await aFolder();
    for (const path of SHIPPED) await cp(path, join(copy, path), { recursive: true });
    await writeFile(join(copy, ".funcignore"), "dist\nhost");
    await expect(pack(copy)).rejects.toThrow(
      /would lack host\.json, dist\/index\.js, dist\/openapi\.json, dist\/pages\.json: see .*\.funcignore/,
    );
    await rm(join(copy, ".funcignore"));
    expect((await pack(copy)).files.map(({ path }) => path)).toEqual(SHIPPED);
  });
});

/** What only the stand-ins say, what only developers have, and where this was built. */
const DEVELOPMENT = [
  ...["Eby8vdM02x", "bG9jYWwg", "PRIVATE KEY"],
  ...[
    "/dev/token",
    "/dev/throttle",
    "/dev/counters",
    "/dev/faults",
    "local-development",
    "backup-kek",
    "contoso",
  ],
  ...["infra/local", "oidc-provider", "vitest", "esbuild", "sourceMappingURL", "sourcesContent"],
  resolve("."),
];
const PackageJson = z.object({ type: z.literal("module"), main: z.string() });

describe("R42 nothing of development is shipped", () => {
  it.each(["dist/index.js", "host.json"])("R42 in %s", async (path) => {
    const text = await readFile(join(made.folder, path), "utf8");
    expect(DEVELOPMENT.filter((word) => text.includes(word))).toEqual([]);
    expect((await readFile(made.zip)).indexOf("Eby8vdM02x")).toBe(-1);
  });

  it("R42 no source, map, test or setting by its name", async () => {
    const wrong =
      /\.(c?ts|mts|tsx|map|md|pem|env|log|bicep\w*)$|settings|(^|\/)(test|lib|functions|infra|node_modules)\//;
    expect((await filesIn(made.folder)).filter((path) => wrong.test(path))).toEqual([]);
  });

  it("R42 package.json is as it is here: it names the entry and its type, the rest nothing in Azure reads", async () => {
    const text = await readFile(join(made.folder, "package.json"), "utf8");
    expect(PackageJson.parse(JSON.parse(text))).toMatchObject({ main: "dist/index.js" });
    expect(text).toBe(await readFile("package.json", "utf8"));
    expect(["Eby8vdM02x", "accesskey=", "PRIVATE KEY"].filter((word) => text.includes(word))).toEqual([]);
  });
});
