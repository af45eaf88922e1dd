/** Runs all endpoint tests with canaries for secrets and names, then searches for them everywhere. */
import { spawn } from "node:child_process";
import { openSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BlobServiceClient } from "@azure/storage-blob";
import { expect, it } from "vitest";
import * as z from "zod";
import { startAzurite } from "../../infra/local/azurite.ts";
import { pathOf } from "../../infra/local/child.ts";
import { dataFiles } from "../../infra/local/data-folder.ts";
import { findIn, readAll } from "../../infra/tools/demo/search-storage.ts";
import { tracesOf } from "../azure/traces.ts";

/** Three parts of base64url, the first a JSON object: an access token or a device proof. */
const TOKEN = /eyJ[\w-]{8,}\.[\w-]+\.[\w-]+/;
/** The beginning of every name, address and owner, and of every secret. */
const CANARIES = ["canary-", "CANARY"];

async function runEndpointTests(data: string): Promise<number | null> {
  const vitest = pathOf("../../node_modules/vitest/vitest.mjs", import.meta.url);
  const args = [vitest, "run", "--config", ".vitest.ts", "test/functions"];
  const env = { ...process.env, TEST_KEEP_DATA: data };
  const output = openSync(join(data, "output.log"), "w");
  const stdio = ["ignore", output, output] as const;
  const run = spawn(process.execPath, args, {
    env,
    cwd: pathOf("../..", import.meta.url),
    stdio: [...stdio],
  });
  const { promise, resolve } = Promise.withResolvers<number | null>();
  run.on("exit", resolve);
  return await promise;
}

/** Names and metadata of all blobs, as the storage service lists them. */
async function listBlobs(data: string): Promise<string[]> {
  const ports = { blob: 0, queue: 0 };
  const azurite = await startAzurite({ data: dataFiles(data).azurite, ports, log: () => undefined });
  const service = BlobServiceClient.fromConnectionString(azurite.connectionString);
  const told: string[] = [];
  for (const container of ["backups", "keys"]) {
    const blobs = service.getContainerClient(container).listBlobsFlat({ includeMetadata: true });
    for await (const { name, metadata } of blobs) told.push(JSON.stringify([name, metadata]));
  }
  await azurite.close();
  return told;
}

/**
 * The only refusal that names accounts, to their owner: the present plan instead of the outdated one (R12).
 */
function withoutPlan(line: string): string {
  if (!line.includes('/problems/plan-outdated"')) return line;
  const [{ plan: _, ...problem }, headers] = Refusal.parse(JSON.parse(line));
  return JSON.stringify([problem, headers]);
}
const Refusal = z.tuple([z.looseObject({ plan: z.unknown() }), z.unknown()]);

it("R34 F19 no secret, name or token in log, refusals, blob names, metadata or stored bytes", async () => {
  const data = await mkdtemp(join(tmpdir(), "authenticator-backup-search-"));
  expect(await runEndpointTests(data)).toBe(0);
  const printed = [await readFile(join(data, "host.log"))];
  const refused = [
    Buffer.from((await readFile(join(data, "refusals.log"), "utf8")).split("\n").map(withoutPlan).join("\n")),
  ];
  const blobs = [Buffer.from((await listBlobs(data)).join("\n"))];
  const stored = await readAll(dataFiles(data).azurite);
  const output = [await readFile(join(data, "output.log"))];

  for (const contents of [printed, refused, blobs, stored, output])
    expect(tracesOf(CANARIES, contents)).toEqual([]);
  expect(findIn(printed, ["Bearer ", "127.0.0.1"])).toEqual([]);
  expect(findIn(refused, ["127.0.0.1", "/keys/", "node_modules"])).toEqual([]);
  const texts = [...printed, ...refused, ...output].map((content) => content.toString());
  expect(texts.filter((text) => TOKEN.test(text))).toEqual([]);

  // The search does find what is there, however it is written.
  expect(tracesOf(["canary-"], [Buffer.from(Buffer.from("canary-anna").toString("hex"))])).toHaveLength(1);
  for (const before of ["", "x", "xy"]) {
    const hidden = [Buffer.from(Buffer.from(`${before}CANARYJBSWY`).toString("base64url"))];
    expect(tracesOf(["CANARY"], hidden)).toEqual(["CANARY"]);
  }
  expect(findIn(printed, ["upload-backup", "invalid-request"])).toHaveLength(2);
  expect(findIn(refused, ["/problems/stale-precondition", "/problems/backup-unreadable"])).toHaveLength(2);
  const kinds = ["owners/", "activity/", "recoveries/", "credentials/", "tickets/"];
  expect(findIn(blobs, [...kinds, "kids", "dueat"])).toHaveLength(7);
  expect(findIn(stored, ["owner-keys/"])).toHaveLength(1);
  await rm(data, { recursive: true, force: true });
});
