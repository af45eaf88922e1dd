/** The app's figures on their way to a collector: which there are, and that none names anybody. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest";
import * as z from "zod";
import { startCollector } from "../../../infra/local/collector/start-collector.ts";
import type { LoopbackServer } from "../../../infra/local/loopback-server.ts";
import { Phone } from "../../../infra/local/phone.ts";
import { type Stack, startStack } from "../../../infra/local/stack.ts";
import { aBackup } from "../../support/builders.ts";

const soon = { timeout: 25_000, interval: 50 };
const Figures = z.array(
  z.object({
    name: z.string(),
    attributes: z.record(z.string(), z.string()),
    count: z.number(),
    sum: z.number().optional(),
  }),
);

const figuresAt = async (url: string) => Figures.parse(await (await fetch(`${url}/metrics`)).json());

describe("R34 R42 the figures of the app", () => {
  let stack: Stack;
  let url: string;
  beforeAll(async () => {
    const data = await mkdtemp(join(tmpdir(), "metrics-"));
    stack = await startStack({ data, ports: "free", metrics: true, log: () => undefined });
    url = stack.addresses.metrics ?? "";
  });
  afterAll(() => stack.close());

  it("R42 give operation, result and time, and the calls to the vault", async () => {
    const { api, issuer } = stack.addresses;
    const phone = new Phone({ api, issuer, platform: "android" });
    await phone.signIn("canary-subject");
    const put = { body: aBackup(), headers: { "if-none-match": "*" } };
    expect((await phone.call("PUT", "v1/backups/android", put)).status).toBe(201);
    expect((await phone.call("PUT", "v1/backups/android", put)).status).toBe(412);
    const recovery = { platform: "android", device: { name: "canary" }, existingAccounts: [] };
    expect((await phone.call("POST", "v1/recoveries", { body: recovery })).status).toBe(200);
    await vi.waitFor(async () => {
      const figures = await figuresAt(url);
      const operation = (name: string, result: string) =>
        figures.find(({ attributes }) => attributes["operation"] === name && attributes["result"] === result);
      expect(operation("upload-backup", "ok")).toMatchObject({ count: 1, sum: expect.any(Number) });
      expect(operation("upload-backup", "stale-precondition")).toMatchObject({ count: 1 });
      expect(operation("recover-accounts", "ok")).toMatchObject({ count: 1 });
      const unwraps = figures.find(({ name }) => name === "backup.vault.calls");
      expect(unwraps).toMatchObject({ attributes: { call: "unwrap", result: "ok" } });
    }, soon);
  });

  it("R29 R42 give how much a sweep found due", async () => {
    const { api, issuer } = stack.addresses;
    const operator = new Phone({ api, issuer, platform: "android" });
    const client = "contoso-sign-in";
    await operator.signIn(client, { roles: ["Sweeps.Run"], claims: { client_id: client } });
    expect((await stack.vaultAdmin.call("POST", "/keys/backup-kek/rotate")).status).toBe(200);
    expect((await operator.call("POST", "v1/sweeps/shard-keys")).status).toBe(202);
    await vi.waitFor(async () => {
      const figures = await figuresAt(url);
      const swept = figures.find(({ attributes }) => attributes["sweep"] === "shard-keys");
      expect(swept?.name).toBe("backup.sweep.handled");
      expect(swept?.count).toBeGreaterThan(0);
    }, soon);
  });

  it("R34 have attributes of a few known values only", async () => {
    const figures = await figuresAt(url);
    const names = new Set(figures.flatMap(({ attributes }) => Object.keys(attributes)));
    expect([...names].toSorted()).toEqual(["call", "operation", "result", "sweep"]);
    expect(JSON.stringify(figures)).not.toMatch(/canary|127\.0\.0\.1|[\w-]{43}/);
  });
});

describe("R42 the collector's stand-in", () => {
  let collector: LoopbackServer;
  beforeAll(async () => {
    collector = await startCollector({ port: 0 });
  });
  afterAll(() => collector.close());

  it("shows the latest figures, as JSON and as text", async () => {
    const point = (asInt: string) => ({
      attributes: [{ key: "sweep", value: { stringValue: "owners" } }],
      asInt,
    });
    for (const asInt of ["3", "5"]) {
      const metrics = [{ name: "backup.sweep.handled", sum: { dataPoints: [point(asInt)] } }];
      const body = JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] });
      expect((await fetch(`${collector.url}/v1/metrics`, { method: "POST", body })).status).toBe(200);
    }
    const figure = { name: "backup.sweep.handled", attributes: { sweep: "owners" }, count: 5 };
    expect(await figuresAt(collector.url)).toEqual([figure]);
    expect(await (await fetch(collector.url)).text()).toMatch(/^backup\.sweep\.handled +sweep=owners +5\n$/);
    expect((await fetch(`${collector.url}/elsewhere`)).status).toBe(404);
  });
});

it("R42 go nowhere if no collector is set", () => {
  expect(inject("surroundings").settings["METRICS_COLLECTOR"]).toBeUndefined();
});
