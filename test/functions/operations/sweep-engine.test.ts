/** The engine of the sweeps: page after page by messages, any of which may be delivered repeatedly. */
import { describe, expect, inject, it, vi } from "vitest";
import * as z from "zod";
import {
  type Changed,
  type Listed,
  runPage,
  type Sweep,
  type SweepMessage,
  type SweepName,
  type SweepStore,
  startSweep,
} from "../../../lib/domain/sweeps/sweep.ts";
import { anAppToWatch, providerCall } from "../../support/step-up.ts";
import { aProviderToken } from "../../support/tokens.ts";
import { refused } from "../helpers.ts";

const now = new Date();

const never: Sweep = { prefix: () => "none/", isDue: () => false, handle: async () => undefined };
const none: Record<SweepName, Sweep> = {
  owners: never,
  orphans: never,
  recoveries: never,
  tickets: never,
  credentials: never,
  budgets: never,
  rewrap: never,
  "shard-keys": never,
};

describe.concurrent("the engine", () => {
  const pages =
    (count: number, size = 3): SweepStore["list"] =>
    async (_, { from }) => {
      const at = Number(from ?? 0);
      const blobs = Array.from({ length: size }, (__, n) => ({
        name: `x/${at}-${n}`,
        etag: '"1"',
        metadata: { kid: "old" },
        modifiedAt: new Date(0),
      }));
      return { blobs, next: at + 1 < count ? String(at + 1) : undefined };
    };
  const doing = (handle: (name: string) => void) => {
    const one = {
      prefix: () => "x/",
      isDue: () => true,
      async handle({ name, metadata }: Listed, _: Date, changed: Changed) {
        handle(name);
        changed(metadata, 1);
      },
    };
    return { ...none, recoveries: { ...one, countsKeys: true as const }, owners: one };
  };

  it("R29 goes page by page by messages, and every page is handled, also if it is run again", async () => {
    const seen: string[] = [];
    const queue: SweepMessage[] = [];
    const store = {
      progress: async () => undefined,
      list: pages(4),
      next: async (next: SweepMessage) => void queue.push(next),
      report: async () => undefined,
    };
    queue.push({ sweep: "owners", run: "r", shard: "A", handled: 0, failed: 0, keys: {} });
    for (let message = queue.shift(); message; message = queue.shift()) {
      await runPage(
        store,
        doing((name) => seen.push(name)),
        message,
        now,
      );
      if (message.from === undefined)
        await runPage(
          { ...store, next: async () => undefined },
          doing((name) => seen.push(name)),
          message,
          now,
        );
    }
    expect(new Set(seen).size).toBe(12);
    expect(seen).toHaveLength(15);
  });

  it("R29 handles each item of a page larger than one message once, and counts nothing twice", async () => {
    const seen: string[] = [];
    const queue: SweepMessage[] = [];
    let progress: Awaited<ReturnType<SweepStore["progress"]>>;
    const blobs = Array.from({ length: 600 }, (_, at) => ({
      name: `x/${1000 + at}`,
      etag: '"1"',
      metadata: { kid: "old" },
      modifiedAt: new Date(0),
    }));
    const store: SweepStore = {
      list: async () => ({ blobs, next: undefined }),
      next: async (next) => void queue.push(next),
      progress: async () => progress,
      report: async (_, change) => {
        progress = change(progress);
      },
    };
    const sweeps = doing((name) => seen.push(name));
    const first = { sweep: "recoveries" as const, run: "r", shard: "A", handled: 0, failed: 0, keys: {} };
    queue.push(first);
    let messages = 0;
    for (let message = queue.shift(); message; message = queue.shift()) {
      messages += 1;
      await runPage(store, sweeps, message, now);
    }
    expect({ messages, seen }).toEqual({ messages: 3, seen: blobs.map(({ name }) => name) });
    expect(progress).toMatchObject({ handled: 600, keys: { old: 600 }, shardsDone: ["A"] });
  });

  it("R29 R38 its progress counts each shard once, and the keys that versions name", async () => {
    const queue: SweepMessage[] = [];
    let progress: Awaited<ReturnType<SweepStore["progress"]>>;
    const store: SweepStore = {
      list: pages(1),
      next: async (next) => void queue.push(next),
      progress: async () => progress,
      report: async (_, change) => {
        progress = change(progress);
      },
    };
    await startSweep(store, { sweep: "recoveries", run: "run 1" }, now);
    expect(queue).toHaveLength(64);
    for (const message of [...queue, ...queue])
      await runPage(
        store,
        doing(() => undefined),
        message,
        now,
      );
    expect(progress).toMatchObject({ handled: 192, keys: { old: 192 }, finishedAt: now });
    await startSweep(store, { sweep: "recoveries", run: "run 2" }, now);
    const [late] = queue;
    if (late)
      await runPage(
        store,
        doing(() => undefined),
        late,
        now,
      );
    expect(progress).toMatchObject({ run: "run 2", handled: 0, shardsDone: [] });
  });

  it("R29 a run over the queue of the stack ends, and says so", async () => {
    const token = await aProviderToken("contoso-sign-in", "Sweeps.Run");
    const { api } = inject("surroundings");
    const ask = async (method: string, path: string) => {
      const response = await fetch(`${api}/${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-length": "0" },
      });
      return { status: response.status, body: await response.json() };
    };
    const Sweeps = z.object({
      sweeps: z.array(z.looseObject({ sweep: z.string(), finishedAt: z.string().optional() })),
    });
    expect((await ask("POST", "v1/sweeps/recoveries")).status).toBe(202);
    const finished = async () =>
      Sweeps.parse((await ask("GET", "v1/sweeps")).body).sweeps.find(({ sweep }) => sweep === "recoveries")
        ?.finishedAt;
    await vi.waitFor(async () => expect(await finished()).toBeDefined(), { timeout: 25_000, interval: 100 });
    const watched = anAppToWatch();
    refused(await providerCall(watched.app, "v1/sweeps/all", {}, token), "invalid-request");
  });
});
