/** How the local host starts, fails and ends. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { loadAppSettings } from "../../../infra/local/host/app-settings.ts";
import { startHost as startProcess } from "../../../infra/local/host-process.ts";
import { runHost, startHost } from "./host-app/start-host.ts";

describe.concurrent("start", () => {
  test("R42 an entry point that throws stops the start with its message", async () => {
    const { code, stderr } = await runHost("broken-entry").ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: "Missing settings: BACKUPS_URL, KEY_IDS\n" });
  });

  test("R42 HTTP streams are refused", async () => {
    const { code, stderr } = await runHost("streaming").ended;
    expect(code).toBe(1);
    expect(stderr).toContain("enableHttpStream is not supported");
  });

  test("R42 an app without a package.json is refused with its path", async () => {
    const { code, stderr } = await runHost(".").ended;
    expect(code).toBe(1);
    expect(stderr).toContain('host-app/package.json has no "main"');
  });

  test("R42 a route that can't be served stops the start with its name", async () => {
    const { code, stderr } = await runHost("slash-route").ended;
    expect(code).toBe(1);
    expect(stderr).toContain('The local host can\'t serve "api//bad"');
  });

  test("R42 an app runs in its own directory", async () => {
    await using host = await startHost("surface");
    const { cwd }: { cwd: string } = JSON.parse(await (await fetch(`${host.url}/api/process`)).text());
    expect(cwd).toMatch(/surface$/);
  });
});

describe("settings", () => {
  test("R42 their flags reach Node, and others after them", async () => {
    const settings = { languageWorkers__node__arguments: "--max-semi-space-size=16 --no-warnings" };
    const appFolder = join(import.meta.dirname, "host-app/surface");
    const nodeFlags = ["--max-semi-space-size=1"];
    const host = await startProcess({ appFolder, port: 0, settings, nodeFlags, log: () => undefined });
    const { flags }: { flags: string[] } = JSON.parse(await (await fetch(`${host.url}/api/process`)).text());
    await host.close();
    expect(flags.slice(0, 3)).toEqual([
      "--max-semi-space-size=16",
      "--no-warnings",
      "--max-semi-space-size=1",
    ]);
  });

  test("R42 local.settings.json fills the environment, which wins", async () => {
    const directory = await mkdtemp(join(tmpdir(), "settings-"));
    await writeFile(
      join(directory, "local.settings.json"),
      '{ "Values": { "HOST_TEST_A": "file", "HOST_TEST_B": "file" } }',
    );
    vi.stubEnv("HOST_TEST_A", undefined);
    vi.stubEnv("HOST_TEST_B", "environment");
    loadAppSettings(directory);
    expect([process.env["HOST_TEST_A"], process.env["HOST_TEST_B"]]).toEqual(["file", "environment"]);
    vi.unstubAllEnvs();
  });
});

describe.concurrent("end", () => {
  test.each(["uncaught", "floating"])("R42 %s answers 500 and costs the process", async (name) => {
    await using host = await startHost("fragile");
    const response = await fetch(`${host.url}/api/${name}`);
    expect({ status: response.status, text: await response.text() }).toEqual({ status: 500, text: "" });
    expect((await host.ended).code).toBe(1);
  });

  test.each(["SIGTERM", "SIGINT"] as const)(
    "R42 %s lets a running invocation end, then runs appTerminate",
    async (signal) => {
      await using host = await startHost("throttle");
      const running = fetch(`${host.url}/api/hold`);
      await host.line("holding");
      host.process.kill(signal);
      await refused(host.url);
      host.process.stdin.write("go on\n");
      expect(await (await running).text()).toBe("released");
      expect((await host.ended).code).toBe(0);
      expect(host.lines.at(-1)).toBe("terminated");
    },
  );
});

/** Waits until nobody listens any more. */
async function refused(url: string): Promise<void> {
  await vi.waitFor(async () => await expect(fetch(`${url}/nowhere`)).rejects.toThrow(), { interval: 10 });
}
