/** What a fresh clone gets: settings for `func` and editors, and VS Code's tasks, each of which exists. */
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { ensureLocalSettings } from "../../../infra/local/local-settings.ts";
import { parseStartOptions } from "../../../infra/local/start-options.ts";

const readJson = async (file: string): Promise<unknown> => JSON.parse(await readFile(file, "utf8"));

const Scripts = z.object({ scripts: z.record(z.string(), z.string()) });
const Matcher = z.object({ background: z.object({ endsPattern: z.string() }) });
const Tasks = z.object({
  tasks: z.array(z.object({ label: z.string(), command: z.string(), problemMatcher: z.unknown() })),
});
const Launch = z.object({
  configurations: z.array(
    z.object({
      preLaunchTask: z.string().optional(),
      port: z.int().optional(),
      outFiles: z.array(z.string()).optional(),
      runtimeArgs: z.array(z.string()).optional(),
    }),
  ),
});

describe("R42 local.settings.json", () => {
  it("R42 is copied from the sample once, reported in one line, and never replaced", async () => {
    const folder = await mkdtemp(join(tmpdir(), "settings-"));
    await writeFile(join(folder, "local.settings.sample.json"), "sample");
    const lines: string[] = [];
    const ensure = () => ensureLocalSettings(folder, (line) => lines.push(line));
    await ensure();
    await writeFile(join(folder, "local.settings.json"), "mine");
    await ensure();
    expect(await readFile(join(folder, "local.settings.json"), "utf8")).toBe("mine");
    expect(lines).toEqual([expect.stringContaining("copied from local.settings.sample.json")]);
  });

  it("R42 changes nothing under npm start, which sets all of it", async () => {
    const Sample = z.object({ Values: z.record(z.string(), z.string()) });
    const { Values } = Sample.parse(await readJson("local.settings.sample.json"));
    const { FUNCTIONS_WORKER_RUNTIME, ...values } = Values;
    expect(FUNCTIONS_WORKER_RUNTIME).toBe("node");
    expect(Object.keys(inject("surroundings").settings)).toEqual(expect.arrayContaining(Object.keys(values)));
    expect(await readFile(".gitignore", "utf8")).toMatch(/^local\.settings\.json$/m);
  });
});

describe("R42 npm start --inspect", () => {
  it("R42 is for the embedded host", () => {
    expect(parseStartOptions(["--inspect"])).toMatchObject({ inspect: true, func: false });
    expect(parseStartOptions([])).toMatchObject({ inspect: false });
    expect(() => parseStartOptions(["--inspect", "--func"])).toThrow("--inspect is for the embedded host");
  });
});

describe("R42 VS Code", () => {
  it("R42 runs only existing scripts", async () => {
    const { scripts } = Scripts.parse(await readJson("package.json"));
    const { tasks } = Tasks.parse(await readJson(".vscode/tasks.json"));
    for (const { command } of tasks) {
      const [, name = ""] = /^npm (?:run )?([\w:]+)/.exec(command) ?? [];
      expect(scripts).toHaveProperty([name]);
    }
    const stack = tasks.find(({ label }) => label === "stack");
    expect(parseStartOptions(stack?.command.split(" -- ")[1]?.split(" ") ?? [])).toMatchObject({
      inspect: true,
    });
  });

  it("R42 attaches where the stack allows it, once the stack is up", async () => {
    const { configurations } = Launch.parse(await readJson(".vscode/launch.json"));
    const { tasks } = Tasks.parse(await readJson(".vscode/tasks.json"));
    const [attach, test] = configurations;
    const task = tasks.find(({ label }) => label === attach?.preLaunchTask);
    const start = await readFile("infra/local/start.ts", "utf8");
    expect(start).toContain(`--inspect=127.0.0.1:${attach?.port}`);
    expect(attach?.outFiles).toEqual([expect.stringContaining("/.local/debug/dist/")]);
    expect("Up after 1.2 s.").toMatch(new RegExp(Matcher.parse(task?.problemMatcher).background.endsPattern));
    expect(start).toContain("Up after ");
    expect(test?.runtimeArgs?.[0]).toBe("test");
  });

  it("R42 deploys the package, made before", async () => {
    const settings = await readJson(".vscode/settings.json");
    expect(settings).toMatchObject({
      "azureFunctions.deploySubpath": "dist/package",
      "azureFunctions.preDeployTask": "package",
    });
    const { tasks } = Tasks.parse(await readJson(".vscode/tasks.json"));
    expect(tasks.map(({ label }) => label)).toContain("package");
  });
});
