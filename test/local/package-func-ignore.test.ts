/** `.funcignore` as Core Tools read it: each expectation was tried against their own regular expressions under .NET. */
import { mkdir, mkdtemp, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { filesToUpload } from "../../infra/local/package/files-to-upload.ts";
import { FuncIgnore } from "../../infra/local/package/func-ignore.ts";
import { holds } from "../domain/holds.ts";

const denied = (rules: string, ...paths: string[]) => {
  const ignore = new FuncIgnore(rules);
  return paths.filter((path) => ignore.denies(path));
};

describe("R42 rules of .funcignore", () => {
  it("R42 begin at the app's folder, with or without a slash", () => {
    for (const rule of ["src", "/src"])
      expect(denied(rule, "src/a.ts", "src", "dist/src/a.ts")).toEqual(["src/a.ts", "src"]);
    expect(denied("./src", "src/a.ts")).toEqual([]);
  });

  it("R42 end at a word's end, wherever that is", () => {
    const all = ["test/a.ts", "test-data.json", "test.txt", "tests/a.ts", "test_data.json"];
    expect(denied("test", ...all)).toEqual(["test/a.ts", "test-data.json", "test.txt"]);
  });

  it("R42 know the words of every script", () => {
    const all = ["müll/a.ts", "müllä/a.ts", "mü.ts", "日本語/a.ts", "日本/a.ts", "cafe\u0301.ts", "x٣.ts"];
    expect(denied("mü", ...all)).toEqual(["mü.ts"]);
    expect(denied("日本", ...all)).toEqual(["日本/a.ts"]);
    expect(denied("müll", ...all)).toEqual(["müll/a.ts"]);
    expect(denied("cafe", ...all)).toEqual([]);
    expect(denied("x", ...all)).toEqual([]);
  });

  it("R42 with a slash at the end miss what begins with no letter", () => {
    const all = ["node_modules/a.js", "node_modules/@azure/a.js", "node_modules/.bin/a"];
    expect(denied("node_modules/", ...all)).toEqual(["node_modules/a.js"]);
    expect(denied("node_modules", ...all)).toEqual(all);
  });

  it("R42 take * for a name and ** for anything, neither of them empty", () => {
    expect(denied("*.ts", "a.ts", "src/a.ts", ".ts", "a.tsx", "a.ts.map")).toEqual(["a.ts", "a.ts.map"]);
    expect(denied("**/*.ts", "a.ts", "src/a.ts", "src/b/a.ts")).toEqual(["src/a.ts", "src/b/a.ts"]);
    expect(denied("dist/*.map", "dist/index.js.map", "dist/a/b.map")).toEqual(["dist/index.js.map"]);
    expect(denied("*", "a", ".env", "src/a.ts", "--")).toEqual(["a", ".env", "src/a.ts"]);
  });

  it("R42 that begin with ! win wherever they stand", () => {
    for (const rules of ["dist\n!dist/index.js", "!dist/index.js\ndist"])
      expect(denied(rules, "dist/index.js", "dist/index.js.map", "dist/other.js")).toEqual(["dist/other.js"]);
    expect(denied("*\n!/host.json", "host.json", "package.json")).toEqual(["package.json"]);
  });

  it("R42 may be comments, empty or indented, and end as Windows ends lines", () => {
    expect(denied("\uFEFF# src\r\n\r\n  src  \r\n#lib\r\n", "src/a.ts", "lib/a.ts")).toEqual(["src/a.ts"]);
    expect(denied("", "a", "src/a.ts")).toEqual([]);
  });

  it("R42 take every other character for itself", () => {
    const odd = ["a+b", "(c)d", "[d]e", "{e}f", "f^g", "h$i", "j|k", "l?m", "n.o", "p-q"];
    for (const name of odd) expect(denied(name, ...odd)).toEqual([name]);
    expect(denied("a.b", "axb")).toEqual([]);
  });

  it("R42 a folder that isn't looked into has nothing to upload", () => {
    const part = fc.constantFrom("src", "dist", "*", "**", ".env", "a-b", "index.js", "@x", "");
    const name = fc.constantFrom("src", "dist", "distx", ".env", "a-b", "index.js", "@x", "-");
    const rule = fc
      .tuple(fc.constantFrom("", "!", "/", "!/"), fc.array(part, { minLength: 1, maxLength: 3 }))
      .map(([before, parts]) => before + parts.join("/"));
    holds(
      fc.property(
        fc.array(rule, { minLength: 1, maxLength: 4 }),
        fc.array(name, { minLength: 1, maxLength: 2 }),
        fc.array(name, { minLength: 1, maxLength: 2 }),
        (rules, folder, below) => {
          const ignore = new FuncIgnore(rules.join("\n"));
          const isSkipped = ignore.deniesAllIn(folder.join("/"));
          expect({ skipsWhatStays: isSkipped && !ignore.denies([...folder, ...below].join("/")) }).toEqual({
            skipsWhatStays: false,
          });
        },
      ),
      2_000,
    );
    const ours = new FuncIgnore("*\n!host.json\n!dist/index.js");
    const folders = ["node_modules", "lib", "dist"];
    expect(folders.filter((folder) => ours.deniesAllIn(folder))).toEqual(["node_modules", "lib"]);
  });
});

describe("R42 the files of an upload", () => {
  async function aFolder(...files: string[]) {
    const folder = await mkdtemp(join(tmpdir(), "upload-"));
    for (const file of files) {
      await mkdir(join(folder, dirname(file)), { recursive: true });
      await writeFile(join(folder, file), file === ".funcignore" ? "secret" : "x");
    }
    return folder;
  }

  it("R42 are in one order, without what is never uploaded, at any depth and in any case", async () => {
    const kept = ["a/z.js", "a.js", "b/local.settings.sample.json", "git/config", "z.js"];
    const never = [".git/config", "b/.Git/config", ".vscode/tasks.json", ".gitignore", "b/.gitignore"];
    const settings = ["local.settings.json", "b/Local.Settings.json", "project.lock.json", "b/.funcignore"];
    const folder = await aFolder("z.js", ...kept, ...never, ...settings, ".funcignore", "secret/key.pem");
    expect(filesToUpload(folder)).toEqual(kept.toSorted());
    expect(filesToUpload(await aFolder(".env", "a.js"))).toEqual([".env", "a.js"]);
  });

  it("R42 are also those behind links; a link to nowhere is a file that can't be read", async () => {
    const folder = await aFolder("a.js");
    await symlink(await aFolder("inner/b.js"), join(folder, "link"), "junction");
    expect(filesToUpload(folder)).toEqual(["a.js", "link/inner/b.js"]);
    await symlink(join(folder, "nowhere"), join(folder, "broken"));
    expect(filesToUpload(folder)).toContain("broken");
  });
});
