/** Every endpoint on a fresh instance, while the vault is throttled, down, slow or cuts the line. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ManagedIdentity, startManagedIdentity } from "../../infra/local/identity.ts";
import type { Fault } from "../../infra/local/vault/faults.ts";
import { prepared } from "../functions/prepared.ts";
import { named } from "../functions/requests.ts";
import { casesOf, expectUnharmed, repeatable, undisturbed } from "../functions/unharmed.ts";
import { type OwnVault, ownVault } from "../support/own-vault.ts";
import { anAppToWatch } from "../support/step-up.ts";

/** One for each parallel test (`maxConcurrency`): mostly they wait for a slow vault. */
const VAULTS = 5;
let identity: ManagedIdentity;
let all: OwnVault[];
let free: OwnVault[];
beforeAll(async () => {
  identity = await startManagedIdentity({ port: 0 });
  all = await Promise.all(Array.from({ length: VAULTS }, () => ownVault(identity)));
  free = [...all];
});
afterAll(async () => {
  await Promise.all(all.map((vault) => vault.close()));
  await identity.close();
});

const FAULTS: [string, Fault][] = [
  ["throttled", { status: 429 }],
  ["down", { status: 503 }],
  ["slow", { latencyMs: 3000, times: 1 }],
  ["cut off", { disconnect: true }],
];

const watch = (vault: OwnVault) =>
  anAppToWatch({ settings: vault.settings, through: (blobs) => vault.through(blobs) });

/** Endpoints that call the vault: these tests must not pass because none does. */
const reached = new Set<string>();
afterAll(() => expect(reached.size).toBeGreaterThan(15));

describe.concurrent.each(named(repeatable))("%s", (_, endpoint) => {
  const hasWritten = endpoint.method !== "GET";
  it("R32 R37 while the vault is throttled, down, slow or cut off: a success or 503; nothing is lost or half done, and a repetition succeeds", async ({
    onTestFinished,
  }) => {
    const vault = free.pop() ?? expect.fail("no vault is free");
    onTestFinished(async () => {
      await vault.mend();
      free.push(vault);
    });
    for (const each of casesOf(endpoint)) {
      const watched = watch(vault);
      const whole = await undisturbed(each, watched, watched.another);
      for (const [said, fault] of FAULTS) {
        const request = await prepared(endpoint, watch(vault), each.variant);
        const app = request.scene.watched.another();
        await vault.takeCalls();
        await vault.break(fault);
        const reply = await request.ask(app);
        await vault.mend();
        const { unwrapKey = 0, getKey = 0 } = await vault.takeCalls();
        if (unwrapKey + getKey === 0) break;
        reached.add(endpoint.name);
        await expectUnharmed(each, request, whole, { reply, app, said, hasWritten });
      }
    }
  });
});
