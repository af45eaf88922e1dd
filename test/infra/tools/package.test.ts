/** `npm run package`: exactly the files to deploy, without any for development, always the same bytes. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { unzipSync } from "fflate";
import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { buildBundle } from "../../../infra/tools/build.ts";
import { makePackage, type Package, UPLOADED } from "../../../infra/tools/package/make-package.ts";

const BUNDLE = "dist/index.js";
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

const unzip = async ({ zip }: Package) => Object.entries(unzipSync(await readFile(zip)));

const hasUnzip = spawnSync("unzip", ["-v"]).status === 0;

describe("R42 the package", () => {
  it("R42 holds exactly what the host needs, as folder and as zip", async () => {
    expect(made.files.map(({ path }) => path)).toEqual(UPLOADED);
    expect(await filesIn(made.folder)).toEqual(UPLOADED);
    const bytes = await readFile(made.zip);
    const files = await unzip(made);
    expect(files.map(([path, content]) => ({ path, bytes: content.length }))).toEqual(made.files);
    for (const [name, content] of files) {
      expect(Buffer.from(content)).toEqual(await readFile(name));
      expect(Buffer.from(content)).toEqual(await readFile(join(made.folder, name)));
    }
    expect({ size: bytes.length, hash: createHash("sha256").update(bytes).digest("hex") }).toEqual({
      size: made.zipBytes,
      hash: made.sha256,
    });
  });

  it("R42 is the same bytes twice, whatever the times and modes of its files", async () => {
    const copy = await aFolder();
    for (const path of UPLOADED) await cp(path, join(copy, path), { recursive: true });
    await utimes(join(copy, "host.json"), 1, 1);
    expect((await pack(copy)).sha256).toBe(made.sha256);
    await writeFile(join(copy, "host.json"), "{}");
    expect((await pack(copy)).sha256).not.toBe(made.sha256);
  });

  it("R42 is the same bytes when it is built twice, wherever that is", async () => {
    const builds = [await aFolder(), await aFolder()].map(async (copy) => {
      for (const path of ["host.json", "package.json"]) await cp(path, join(copy, path));
      await buildBundle(join(copy, BUNDLE));
      return (await pack(copy)).sha256;
    });
    expect(await Promise.all(builds)).toEqual([made.sha256, made.sha256]);
  });

  it("R42 leaves out stray files in the folder, including earlier packages and developers' keys", async () => {
    const copy = await aFolder();
    for (const path of UPLOADED) await cp(path, join(copy, path), { recursive: true });
    const { folder, zip: archive } = await makePackage(copy, join(copy, "dist"));
    for (const path of [".env", "local.settings.json", "key.pem", "dist/other.js.map", "notes/a.json"])
      await cp("host.json", join(copy, path), { recursive: true });
    const again = await makePackage(copy, join(copy, "dist"));
    expect(again).toMatchObject({ folder, zip: archive, sha256: made.sha256 });
  });

  it.skipIf(!hasUnzip)("R42 opens with Info-ZIP, too", async () => {
    const folder = await aFolder();
    const { status } = spawnSync("unzip", ["-q", made.zip, "-d", folder]);
    expect({ status, files: await filesIn(folder) }).toEqual({ status: 0, files: UPLOADED });
    for (const path of UPLOADED) expect(await readFile(join(folder, path))).toEqual(await readFile(path));
  });

  it("R42 replaces the one before it, whole", async () => {
    const out = await aFolder();
    const { folder } = await makePackage(resolve("."), out);
    await writeFile(join(folder, "left-over.js"), "");
    await makePackage(resolve("."), out);
    expect(await filesIn(folder)).toEqual(UPLOADED);
  });

  it("R42 isn't made without a file that the host needs", async () => {
    const copy = await aFolder();
    for (const path of UPLOADED) await cp(path, join(copy, path), { recursive: true });
    await rm(join(copy, "dist/pages.json"));
    await expect(pack(copy)).rejects.toThrow("dist/pages.json");
  });

  it("R42 has the files that .funcignore lets `func azure functionapp publish` upload", async () => {
    const lines = (await readFile(".funcignore", "utf8")).split("\n");
    const rules = lines.filter((line) => line !== "" && !line.startsWith("#"));
    expect(rules.toSorted()).toEqual([...UPLOADED.map((path) => `!${path}`), "*"]);
  });
});

/** Texts that only the stand-ins, developers' files or the build machine contain. */
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

describe("R42 nothing for development is shipped", () => {
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

  it("R42 package.json is unchanged: it names the entry and its type; nothing in Azure reads the rest", async () => {
    const text = await readFile(join(made.folder, "package.json"), "utf8");
    expect(PackageJson.parse(JSON.parse(text))).toMatchObject({ main: "dist/index.js" });
    expect(text).toBe(await readFile("package.json", "utf8"));
    expect(["Eby8vdM02x", "accesskey=", "PRIVATE KEY"].filter((word) => text.includes(word))).toEqual([]);
  });
});
