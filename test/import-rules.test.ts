/** What may import what: the linter's rules, tried on files that break them. */
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";

const ROOT = join(import.meta.dirname, "..");
const BIOME = join(ROOT, "node_modules/.bin/biome");

const DOMAIN = "The domain imports only itself, zod, otpauth and node:crypto.";
const HTTP = "lib/http knows the domain, texts and figures, and no adapter.";
const ADAPTER = "Adapters implement the domain's ports, and know nothing of HTTP.";
const SETTINGS = "Settings and figures know the domain's words, and no adapter.";
const FUNCTIONS = "Take it as a dependency; only functions/index.ts builds adapters.";
const LOCAL = "The local stack serves the built entry and imports nothing of ours.";
const CIRCLE = "This import is part of a cycle.";

/** A file, its import, and the linter's complaint. */
const TRIED: [file: string, imported: string, refused: string | undefined][] = [
  ["lib/domain/one.ts", "./backup/head.ts", undefined],
  ["lib/domain/one.ts", "zod", undefined],
  ["lib/domain/one.ts", "../cache.ts", DOMAIN],
  ["lib/domain/one.ts", "node:fs", DOMAIN],
  ["lib/domain/backup/one.ts", "../contacts/contact.ts", undefined],
  ["lib/domain/backup/one.ts", "../../http/services.ts", DOMAIN],
  ["lib/http/one.ts", "../domain/failure.ts", undefined],
  ["lib/http/one.ts", "../config/config.ts", HTTP],
  ["lib/http/one.ts", "jose", HTTP],
  ["lib/http/pipeline/one.ts", "../problems/problem.ts", undefined],
  ["lib/http/pipeline/one.ts", "../../domain/backup/head.ts", undefined],
  ["lib/http/pipeline/one.ts", "../../azure/adapters.ts", HTTP],
  ["lib/azure/one.ts", "@azure/storage-blob", undefined],
  ["lib/azure/one.ts", "../oidc/access-token.ts", ADAPTER],
  ["lib/azure/keys/one.ts", "../../config/values.ts", undefined],
  ["lib/azure/keys/one.ts", "../../http/services.ts", ADAPTER],
  ["lib/azure/keys/one.ts", "@azure/functions", ADAPTER],
  ["lib/oidc/one.ts", "../domain/owner.ts", undefined],
  ["lib/oidc/one.ts", "../azure/adapters.ts", ADAPTER],
  ["lib/config/one.ts", "../domain/text.ts", undefined],
  ["lib/config/one.ts", "../azure/adapters.ts", SETTINGS],
  ["functions/backups/one.ts", "../../lib/http/services.ts", undefined],
  ["functions/backups/one.ts", "../../lib/azure/adapters.ts", FUNCTIONS],
  ["functions/index.ts", "../lib/azure/adapters.ts", undefined],
  ["infra/local/one.ts", "../../lib/http/services.ts", LOCAL],
  ["infra/tools/demo/one.ts", "../../../functions/endpoints.ts", LOCAL],
  ["infra/tools/demo/one.ts", "../../local/child.ts", undefined],
];

let project: string;
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "import-rules-"));
  await copyFile(join(ROOT, ".biome.json"), join(project, ".biome.json"));
});
afterAll(() => rm(project, { recursive: true }));

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(join(project, file)), { recursive: true });
  await writeFile(join(project, file), text);
}

const Report = z.object({
  diagnostics: z.array(z.object({ message: z.string(), location: z.object({ path: z.string() }) })),
});

/** The linter's complaint about each refused file. */
async function refusals(rule: string): Promise<Map<string, string>> {
  const options = ["--config-path=.biome.json", "--reporter=json", "--max-diagnostics=200", `--only=${rule}`];
  const { promise, resolve } = Promise.withResolvers<string>();
  execFile(BIOME, ["lint", ...options], { cwd: project }, (_, stdout) => resolve(stdout));
  const { diagnostics } = Report.parse(JSON.parse(await promise));
  return new Map(diagnostics.map(({ message, location }) => [location.path, message]));
}

describe("the linter", () => {
  it("refuses an import that leaves its room the wrong way, with the rule in a sentence", async () => {
    const named = TRIED.map(([file, ...rest], at) => [file.replace("one", `tried-${at}`), ...rest] as const);
    for (const [file, imported] of named) {
      await write(file, `import * as all from "${imported}";\nexport const used = all;\n`);
    }
    const refused = await refusals("style/noRestrictedImports");
    const said = named.map(([file, imported]) => [file, imported, refused.get(file)]);
    expect(said).toEqual(named);
  });

  it.each([
    [
      "values",
      "import { b } from",
      "export const a = () => b;",
      "import { a } from",
      "export const b = () => a;",
    ],
    [
      "types",
      "import type { B } from",
      "export type A = { b?: B };",
      "import type { A } from",
      "export type B = { a?: A };",
    ],
  ])("refuses a circle of %s", async (what, importB, a, importA, b) => {
    const [one, other] = [`lib/circle-${what}-a.ts`, `lib/circle-${what}-b.ts`];
    await write(one, `${importB} "./circle-${what}-b.ts";\n${a}\n`);
    await write(other, `${importA} "./circle-${what}-a.ts";\n${b}\n`);
    const refused = await refusals("suspicious/noImportCycles");
    expect({ [one]: refused.get(one), [other]: refused.get(other) }).toEqual({
      [one]: CIRCLE,
      [other]: CIRCLE,
    });
  });
});
