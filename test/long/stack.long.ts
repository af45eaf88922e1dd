/** The local stack as a whole: what it starts, what it stores, and that it leaves nothing running. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { beforeAll, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { DataFolderTaken, lockDataFolder } from "../../infra/local/data-lock.ts";
import { isAnswering } from "../../infra/local/is-answering.ts";
import { PortTaken } from "../../infra/local/ports.ts";
import { type Stack, type StackOptions, startStack } from "../../infra/local/stack.ts";

const patience = { timeout: 30_000 };
const soon = { timeout: 10_000, interval: 20 };
const Addresses = z.strictObject({
  api: z.url(),
  issuer: z.url(),
  mailbox: z.url(),
  vault: z.url(),
  blob: z.url(),
  queue: z.url(),
});
const Hello = z.object({ pid: z.int(), settings: z.record(z.string(), z.string()) });
const PinnedKeys = z.object({
  keys: z.array(z.object({ kid: z.string(), kty: z.literal("RSA"), e: z.literal("AQAB") })),
});

const entry = `
import { app } from "@azure/functions";
const anonymous = { authLevel: "anonymous", methods: ["GET"] };
app.http("hello", { ...anonymous, route: "hello", handler: () => ({ jsonBody: { pid: process.pid, settings: process.env } }) });
app.http("crash", { ...anonymous, route: "crash", handler: () => process.exit(3) });
`;

let appFolder: string;
const aDataFolder = () => mkdtemp(join(tmpdir(), "stack-"));

beforeAll(async () => {
  appFolder = await mkdtemp(join(tmpdir(), "app-"));
  await mkdir(join(appFolder, "dist"));
  await symlink(resolve("node_modules"), join(appFolder, "node_modules"), "junction");
  await writeFile(join(appFolder, "host.json"), '{"version":"2.0"}');
  await writeFile(join(appFolder, "package.json"), '{"type":"module","main":"dist/index.js"}');
  await writeFile(join(appFolder, "dist/index.js"), entry);
});

/** Stands in for the `func` command: a server that answers with its arguments and settings. */
async function aFunc() {
  const folder = await mkdtemp(join(tmpdir(), "func-"));
  const script = `#!/usr/bin/env node
    const args = process.argv.slice(2);
    const told = JSON.stringify({ args, settings: process.env });
    require("node:http").createServer((_, response) => response.end(told)).listen(args[2], "127.0.0.1");
  `;
  await writeFile(join(folder, "func"), script, { mode: 0o755 });
  return folder;
}

const hello = async (api: string) => Hello.parse(await (await fetch(`${api}/hello`)).json());
const listeners = async (urls: Record<string, string> | string[]) =>
  (
    await Promise.all(Object.values(urls).map((url) => isAnswering({ port: Number(new URL(url).port) })))
  ).filter(Boolean).length;
const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    expect(error).toMatchObject({ code: "ESRCH" });
    return false;
  }
};

describe("R42 the stack", patience, () => {
  const start = (data: string, more: Partial<StackOptions> = {}) =>
    startStack({ data, ports: "free", appFolder, log: () => undefined, ...more });

  async function withStack(stack: Stack, use: (stack: Stack) => Promise<void>) {
    try {
      await use(stack);
    } finally {
      await stack.close();
    }
  }

  it("serves the app with settings for the stand-ins, and restarts it when it dies", async () => {
    const stack = await start(await aDataFolder(), { settings: { EXTRA: "given" } });
    await withStack(stack, async ({ addresses, settings }) => {
      const { pid, settings: seen } = await hello(addresses.api);
      expect(seen).toMatchObject({ ...settings, EXTRA: "given", PUBLIC_BASE_URL: addresses.api });
      expect(
        Object.keys(seen).filter((name) => name.startsWith("npm_") || name.startsWith("VITEST")),
      ).toEqual([]);
      expect(settings["COMMUNICATION_SERVICE"]).toContain(`endpoint=${addresses.mailbox}/;accesskey=`);
      const queues = QueueServiceClient.fromConnectionString(settings["QUEUE_STORAGE"] ?? "");
      expect({ hasQueue: await queues.getQueueClient("messages").exists() }).toEqual({ hasQueue: true });
      const kid = settings["KEY_IDS"] ?? "";
      expect(kid).toContain(`${addresses.vault}/keys/backup-kek/`);
      expect(PinnedKeys.parse(JSON.parse(settings["PINNED_PUBLIC_KEYS"] ?? "")).keys).toMatchObject([
        { kid },
      ]);
      await fetch(`${addresses.api}/crash`).catch((error: unknown) =>
        expect(error).toBeInstanceOf(TypeError),
      );
      await vi.waitFor(async () => expect((await hello(addresses.api)).pid).not.toBe(pid), soon);
    });
    expect(await listeners(stack.addresses)).toBe(0);
  });

  it("keeps ports, keys and blobs between starts, forgets them when asked to begin afresh", async () => {
    const data = await aDataFolder();
    const first = await start(data, { host: "none" });
    const madeAnew = { IDENTITY_HEADER: "", COMMUNICATION_SERVICE: "" };
    const blobsOf = ({ settings }: Stack) =>
      BlobServiceClient.fromConnectionString(settings["BACKUPS_STORAGE"] ?? "").getContainerClient("backups");
    await withStack(first, async (stack) => {
      await blobsOf(stack).uploadBlockBlob("kept", "content", 7);
      await expect(start(data)).rejects.toThrow(DataFolderTaken);
    });
    await withStack(await start(data, { host: "none" }), async (stack) => {
      expect(stack.addresses).toEqual(first.addresses);
      expect({ ...stack.settings, ...madeAnew }).toEqual({ ...first.settings, ...madeAnew });
      expect({ isKept: await blobsOf(stack).getBlobClient("kept").exists() }).toEqual({ isKept: true });
      await stack.vaultAdmin.call("POST", "/keys/backup-kek/rotate");
      expect(await stack.vaultAdmin.publicKeys("backup-kek")).toHaveLength(2);
    });
    await withStack(await start(data, { host: "none", fresh: true }), async (stack) => {
      expect({ isKept: await blobsOf(stack).getBlobClient("kept").exists() }).toEqual({ isKept: false });
      expect(await stack.vaultAdmin.publicKeys("backup-kek")).toHaveLength(1);
    });
  });

  it("runs under Core Tools instead, which get all settings through their environment", async () => {
    vi.stubEnv("PATH", `${await aFunc()}${delimiter}${process.env["PATH"]}`);
    const stack = await start(await aDataFolder(), { host: "func" });
    vi.unstubAllEnvs();
    await withStack(stack, async ({ addresses, settings }) => {
      const seen: unknown = await (await fetch(addresses.api)).json();
      const args = ["start", "--port", new URL(addresses.api).port];
      expect(seen).toMatchObject({ args, settings: { ...settings, FUNCTIONS_WORKER_RUNTIME: "node" } });
    });
    expect(await listeners(stack.addresses)).toBe(0);
  });

  it("leaves nothing running when a piece fails to start", async () => {
    const data = await aDataFolder();
    await expect(start(data, { appFolder: data })).rejects.toThrow("The host ended (exit code 1)");
    const ports = z
      .record(z.string(), z.int())
      .parse(JSON.parse(await readFile(join(data, "ports.json"), "utf8")));
    expect(Object.keys(ports)).toHaveLength(7);
    expect(await listeners(Object.values(ports).map((port) => `http://127.0.0.1:${port}`))).toBe(0);
    await (await lockDataFolder(data))();
  });

  it("names a port that is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = address && typeof address === "object" ? address.port : 0;
    const others = { issuer: port, mailbox: port, vault: port, identity: port, blob: port, queue: port };
    const refused = start(await aDataFolder(), { ports: { api: port, ...others } });
    await expect(refused).rejects.toThrow(PortTaken);
    await expect(refused).rejects.toThrow(`Port ${port} (api) on 127.0.0.1 is taken. End`);
    server.close();
  });
});

describe("R42 npm start", patience, () => {
  type Started = ChildProcessByStdio<null, Readable, Readable>;
  const npmStart = (...options: string[]): Started =>
    spawn(process.execPath, ["infra/local/start.ts", ...options], { stdio: ["ignore", "pipe", "pipe"] });
  const startJson = async () =>
    npmStart("--json", "--free-ports", "--app", appFolder, "--data", await aDataFolder());

  async function firstLine(child: Pick<Started, "stdout">) {
    let output = "";
    for await (const chunk of child.stdout) {
      output += chunk;
      if (output.includes("\n")) break;
    }
    return output;
  }

  it.each(["SIGINT", "SIGTERM"] as const)(
    "--json prints one line; %s, even twice at once, ends everything and exits 0",
    async (signal) => {
      const child = await startJson();
      const stderr = text(child.stderr);
      const addresses = Addresses.parse(JSON.parse(await firstLine(child)));
      const { pid } = await hello(addresses.api);
      child.kill(signal);
      const [code] = await once(child, "exit");
      expect({ code, stderr: await stderr }).toMatchObject({ code: 0 });
      expect(await listeners(addresses)).toBe(0);
      expect({ isAlive: isAlive(pid) }).toEqual({ isAlive: false });
    },
  );

  it("leaves no process behind when it is killed", async () => {
    const child = await startJson();
    child.stderr.resume();
    const addresses = Addresses.parse(JSON.parse(await firstLine(child)));
    const { pid } = await hello(addresses.api);
    child.kill("SIGKILL");
    await vi.waitFor(() => expect({ isAlive: isAlive(pid) }).toEqual({ isAlive: false }), soon);
    await vi.waitFor(async () => expect(await listeners(addresses)).toBe(0), soon);
  });

  it.skipIf(process.platform === "win32")("ends when npm's shell around it is ended", async () => {
    const command = `"${process.execPath}" infra/local/start.ts --json --free-ports --app "$0" --data "$1"; true`;
    const shell = spawn("sh", ["-c", command, appFolder, await aDataFolder()], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const addresses = Addresses.parse(JSON.parse(await firstLine(shell)));
    shell.kill("SIGTERM");
    await vi.waitFor(async () => expect(await listeners(addresses)).toBe(0), soon);
  });

  it("ends in order even if it is told to while it starts", async () => {
    const child = await startJson();
    await Promise.race([once(child.stderr, "data"), once(child.stdout, "data")]);
    child.kill("SIGINT");
    const [code] = await once(child, "exit");
    expect(code).toBe(0);
  });

  it("explains an unknown option and exits 2", async () => {
    const child = npmStart("--fast");
    const [[code], stderr] = await Promise.all([once(child, "exit"), text(child.stderr)]);
    expect(code).toBe(2);
    expect(stderr).toContain("--fast");
    expect(stderr).toContain("--free-ports");
  });

  it("explains a data folder in use and exits 1", async () => {
    const data = await aDataFolder();
    const release = await lockDataFolder(data);
    const child = npmStart("--free-ports", "--app", appFolder, "--data", data);
    const [[code], stderr] = await Promise.all([once(child, "exit"), text(child.stderr)]);
    await release();
    expect(code).toBe(1);
    expect(stderr).toBe(`${new DataFolderTaken(data).message}\n`);
  });
});
