/** Key versions that are disabled: what one wraps waits until it is enabled again, and nothing else waits with it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SweepName, SweepProgress, SweepStore } from "../../lib/domain/sweep.ts";
import { anOwnerWithBackup } from "../endpoints/helpers.ts";
import { aBackup, replacing } from "../support/builders.ts";
import { type OwnVault, ownVault } from "../support/own-vault.ts";
import { aPhone } from "../support/phones.ts";
import { anAppToWatch, recover, type Watched } from "../support/step-up.ts";
import { sweep } from "../support/sweeping.ts";

const KEY = "backup-kek";
type Change = Parameters<SweepStore["report"]>[1];

let vault: OwnVault;
beforeAll(async () => {
  vault = await ownVault();
});
afterAll(() => vault.close());

/** Answers the id of the new version. */
async function rotate(): Promise<string> {
  await vault.admin.call("POST", `/keys/${KEY}/rotate`);
  return (await vault.admin.publicKeys(KEY))[0]?.kid ?? expect.fail("no key");
}
const enable = (kid: string, enabled: boolean) =>
  vault.admin.call("PATCH", new URL(kid).pathname, { attributes: { enabled } });

const anAppWith = (kid: string) =>
  anAppToWatch({
    settings: { ...vault.settings, KEY_IDS: kid, PINNED_PUBLIC_KEYS: '{"keys":[]}' },
    through: vault.through,
  });

/** What the report says of one whole run over this owner's. */
async function rewrapped(watched: Watched, owner: string) {
  const reports: SweepProgress[] = [];
  const report = async (_: SweepName, change: Change) => void reports.push(change(undefined));
  await sweep(watched, "rewrap", owner, { report, next: async () => undefined });
  const [{ handled, failed, keys } = expect.fail("the run didn't come to its end")] = reports;
  return { handled, failed, keys };
}

describe("R38 a version that is disabled", () => {
  it("R38 keeps its own from being wrapped anew, is told in the report, and stops nothing else", async () => {
    const first = await rotate();
    const { owner, phone } = await anOwnerWithBackup({ app: anAppWith(first).app });
    const second = await rotate();
    phone.through(anAppWith(second).app.fetch);
    const headers = replacing(await phone.call("GET", "v1/backups/android"));
    expect((await phone.call("PUT", "v1/backups/android", { body: aBackup(), headers })).status).toBe(200);
    const third = await rotate();
    const watched = anAppWith(third);
    await enable(first, false);
    expect(await rewrapped(watched, owner)).toEqual({
      ...{ handled: 1, failed: 1 },
      keys: { [first]: 1, [third]: 1 },
    });
    await enable(first, true);
    expect(await rewrapped(watched, owner)).toEqual({ handled: 1, failed: 0, keys: { [third]: 2 } });
    await enable(first, false);
    await enable(second, false);
    expect((await recover(await aPhone({ owner, app: watched.app }))).status).toBe(200);
  });
});
