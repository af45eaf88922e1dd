/** `npm run infra` where there is no compiler; and what the deployment workflows may use. */
import { spawnSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { INFRA } from "./snapshots.ts";

const ROOT = join(INFRA, "..");

it("R42 without bicep, az and dotnet the check says in a sentence how to get one, and fails", () => {
  const copy = mkdtempSync(join(tmpdir(), "infra-check-"));
  try {
    mkdirSync(join(copy, ".ci/bicep"), { recursive: true });
    cpSync(join(ROOT, ".ci/bicep/bicep.proj"), join(copy, ".ci/bicep/bicep.proj"));
    cpSync(join(ROOT, "package.json"), join(copy, "package.json"));
    for (const file of ["check.ts", "bicep-compiler.ts"])
      cpSync(join(INFRA, file), join(copy, "infra", file), { recursive: true });
    const { status, stdout, stderr } = spawnSync(process.execPath, ["infra/check.ts"], {
      cwd: copy,
      env: { PATH: join(copy, "nothing"), HOME: copy },
      encoding: "utf8",
    });
    expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
    expect(stdout).toMatch(/^No Bicep compiler: install the \.NET SDK .+\n$/);
  } finally {
    rmSync(copy, { recursive: true });
  }
});

describe("R42 workflows", () => {
  const workflows = globSync(".github/workflows/*.yml", { cwd: ROOT });
  const read = (file: string) => readFileSync(join(ROOT, file), "utf8");

  it.each(workflows)("R42 %s pins every action and runs only scripts that there are", (file) => {
    const text = read(file);
    const actions = [...text.matchAll(/uses: (\S+)/g)].map(([, action]) => action);
    expect(actions.length).toBeGreaterThan(0);
    for (const action of actions) expect(action).toMatch(/^[\w-]+\/[\w-]+@(v\d+|[0-9a-f]{40})$/);
    const { scripts } = JSON.parse(read("package.json"));
    for (const [, script = ""] of text.matchAll(/npm run (?:--silent )?([\w:]+)/g))
      expect(scripts).toHaveProperty([script]);
  });

  it.each(workflows)("R42 %s may do little, and holds no password", (file) => {
    const text = read(file);
    expect(text).toMatch(/^permissions:\n {2}contents: read$/m);
    expect(text).not.toMatch(/secrets\.|publish-profile|creds:|pull_request_target/);
  });
});
