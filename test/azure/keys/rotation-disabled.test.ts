/** Disabled key versions: what one has wrapped waits until it is enabled again; nothing else waits. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MINUTE } from "../../../lib/domain/clock.ts";
import type { SweepName, SweepProgress, SweepStore } from "../../../lib/domain/sweeps/sweep.ts";
import { anOwnerWithBackup } from "../../functions/helpers.ts";
import { aBackup, replacing } from "../../support/builders.ts";
import { type OwnVault, ownVault } from "../../support/own-vault.ts";
import { aPhone } from "../../support/phones.ts";
import { anAppToWatch, recover, type Watched } from "../../support/step-up.ts";
import { placeOf, sweep } from "../../support/sweeping.ts";

const KEY = "backup-kek";
type Change = Parameters<SweepStore["report"]>[1];

let vault: OwnVault;
beforeAll(async () => {
  vault = await ownVault();
});
afterAll(() => vault.close());

const newVersion = (bits: number) =>
  vault.admin.call("POST", `/keys/${KEY}/create`, { kty: "RSA", key_size: bits });

/** Returns the id of the new version. */
async function rotate(): Promise<string> {
  await newVersion(3072);
  return (await vault.admin.publicKeys(KEY))[0]?.kid ?? expect.fail("no key");
}
const enable = (kid: string, enabled: boolean) =>
  vault.admin.call("PATCH", new URL(kid).pathname, { attributes: { enabled } });

const anAppWith = (kid: string, pinned: object[] = []) =>
  anAppToWatch({
    settings: { ...vault.settings, KEY_IDS: kid, PINNED_PUBLIC_KEYS: JSON.stringify({ keys: pinned }) },
    through: vault.through,
  });

/** The sweep's report on this owner's backups, over one whole run. */
async function rewrapped(watched: Watched, owner: string) {
  const reports: SweepProgress[] = [];
  const report = async (_: SweepName, change: Change) => void reports.push(change(undefined));
  await sweep(watched, "rewrap", owner, { report, next: async () => undefined });
  const [{ handled, failed, keys } = expect.fail("the run didn't come to its end")] = reports;
  return { handled, failed, keys };
}

describe("R38 a version that is disabled", () => {
  it("R38 its own backups aren't wrapped anew, the report says so, and nothing else stops", async () => {
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
      handled: 1,
      failed: 1,
      keys: { [first]: 1, [third]: 1 },
    });
    const etag = () => watched.app.services.owners.find(placeOf(owner).owner).then((held) => held?.etag);
    const before = await etag();
    expect(await rewrapped(watched, owner)).toMatchObject({ failed: 1 });
    expect(await etag()).toBe(before);
    await enable(first, true);
    expect(await rewrapped(watched, owner)).toEqual({ handled: 1, failed: 0, keys: { [third]: 1 } });
    await enable(first, false);
    await enable(second, false);
    expect((await recover(await aPhone({ owner, app: watched.app }))).status).toBe(200);
  });
});

type Made = { what: string; make(): Promise<unknown> };
const unusable: Made[] = [
  { what: "disabled", make: async () => enable(await rotate(), false) },
  { what: "of less than 3072 bits", make: () => newVersion(2048) },
];

describe.each(unusable)("R36 R38 a newest version that is $what", ({ make }) => {
  it("R38 a sweep doesn't take it up: everything stays under its present version, and recovers", async () => {
    const former = await rotate();
    const watched = anAppWith(former);
    const { owner } = await anOwnerWithBackup({ app: watched.app });
    await make();
    expect(await rewrapped(watched, owner)).toEqual({ handled: 0, failed: 0, keys: { [former]: 1 } });
    expect((await recover(await aPhone({ owner, app: watched.app }))).status).toBe(200);
    const newest = await rotate();
    watched.clock.pass(MINUTE);
    expect(await rewrapped(watched, owner)).toEqual({ handled: 1, failed: 0, keys: { [newest]: 1 } });
  });

  it("R38 no instance that knows only earlier versions wraps backwards", async () => {
    const older = await rotate();
    const former = await rotate();
    const { owner } = await anOwnerWithBackup({ app: anAppWith(former).app });
    await make();
    expect(await rewrapped(anAppWith(older), owner)).toMatchObject({ handled: 0, keys: { [former]: 1 } });
  });
});
