/** `npm run infra` without a compiler, and the rights of the deployment workflows. */
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

const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
const workflows = globSync(".github/workflows/*.yml", { cwd: ROOT });

it("R42 a budget begins on a fixed date: Azure would refuse a computed one from the second month on", () => {
  const parameters = globSync("infra/*.bicepparam", { cwd: ROOT });
  const ofMain = parameters.filter((file) => read(file).includes("using 'main.bicep'"));
  for (const file of ofMain) expect(read(file)).toMatch(/^param budgetStart = '\d{4}-\d\d-01'$/m);
  expect(read("infra/main.bicep")).toMatch(/^param budgetStart string$/m);
  for (const file of [...parameters, ...workflows, "infra/main.bicep", "infra/README.md"])
    expect(read(file)).not.toMatch(/utcNow|BUDGET_START|readEnvironmentVariable|\bdate \+|budgetStart=/);
});

it("R42 the runbook's commands name the runtime that the package doesn't state, and find roles on keys and containers", () => {
  const runbook = read("infra/README.md");
  const publishing = runbook.match(/func azure functionapp publish[^`;\n]*/g) ?? [];
  expect(publishing.length).toBeGreaterThan(0);
  for (const command of publishing) expect(command).toMatch(/ --no-build --javascript$/);
  expect(runbook).not.toMatch(/role assignment delete (?!--ids)|role assignment list (?!--all)/);
});

it("R42 the runbook's return to three zones names account, group and redundancy as its command takes them", () => {
  const migrating = read("infra/README.md").match(/az storage account migration start[^`]*/g) ?? [];
  expect(migrating.length).toBeGreaterThan(0);
  for (const command of migrating)
    expect(command).toMatch(/ --account-name [A-Z]+ -g [A-Z]+ --sku Standard_G?ZRS --no-wait$/);
});

describe("R42 workflows", () => {
  it.each(workflows)("R42 %s pins every action and runs only existing scripts", (file) => {
    const text = read(file);
    const actions = [...text.matchAll(/uses: (\S+)/g)].map(([, action]) => action);
    expect(actions.length).toBeGreaterThan(0);
    for (const action of actions) expect(action).toMatch(/^[\w-]+\/[\w-]+@(v\d+|[0-9a-f]{40})$/);
    const { scripts } = JSON.parse(read("package.json"));
    for (const [, script = ""] of text.matchAll(/npm run (?:--silent )?([\w:]+)/g))
      expect(scripts).toHaveProperty([script]);
  });

  it.each(workflows)("R42 %s has few rights, and holds no password", (file) => {
    const text = read(file);
    expect(text).toMatch(/^permissions:\n {2}contents: read\n\n/m);
    expect(text).not.toMatch(/secrets\.|publish-profile|creds:|pull_request_target/);
  });

  it.each(workflows)("R42 %s fails if any command of a pipe does", (file) => {
    expect(read(file)).toMatch(/^defaults:\n {2}run:\n {4}shell: bash$/m);
    expect(read(file)).not.toMatch(/^ +shell: (?!bash$)/m);
  });

  it.each(workflows)(
    "R42 %s: jobs that may log in to Azure log in, and run nothing that npm installed",
    (file) => {
      for (const job of jobsOf(read(file))) {
        const mayLogIn = job.includes("id-token: write");
        expect(mayLogIn).toBe(job.includes("uses: azure/login@"));
        if (mayLogIn) expect(job).not.toMatch(/\b(npm|npx|node)\b/);
      }
    },
  );

  it("R42 a deployment installs without running packages' scripts, and tries the app before its domain", () => {
    const jobs = jobsOf(read(".github/workflows/deploy.yml"));
    const installs = jobs.flatMap((job) => job.match(/npm (ci|cit|install).*/g) ?? []);
    expect(installs.length).toBeGreaterThan(0);
    for (const install of installs) expect(install).toMatch(/^npm ci --ignore-scripts /);
    const smoke = jobs.find((job) => job.startsWith("smoke:")) ?? expect.fail("no smoke test");
    expect(smoke).toMatch(/OWN: https:\/\/\$\{\{ .+\.app \}\}\.azurewebsites\.net\/api$/m);
    expect([...smoke.matchAll(/"\$(\w+)"/g)].map(([, url]) => url)).toEqual(["OWN", "PUBLIC"]);
  });
});

/** Each job with its name. */
const jobsOf = (workflow: string) =>
  (workflow.split(/^jobs:$/m)[1] ?? "").split(/^ {2}(?=[\w-]+:$)/m).slice(1);
