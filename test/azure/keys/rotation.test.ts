/** Rotation of the vault's key: old versions stay readable, and after the sweep nothing needs them. */
import { describe, expect, it } from "vitest";
import type { OwnerStore } from "../../../lib/domain/owner/owner-store.ts";
import { anOwnerWithBackup } from "../../functions/helpers.ts";
import { ownVault } from "../../support/own-vault.ts";
import { headOf } from "../../support/owners.ts";
import { aPhone } from "../../support/phones.ts";
import { anAppToWatch, recover } from "../../support/step-up.ts";
import { placeOf, sweep } from "../../support/sweeping.ts";

/** The newest version's sealed content. */
async function bodyOf(owners: OwnerStore, owner: string): Promise<Buffer> {
  const held = (await owners.find(placeOf(owner).owner)) ?? expect.fail("no owner");
  return await held.body(held.state.heads.android?.versions[0]?.id ?? "");
}

describe("rotation", () => {
  it("R38 F15 F16 three times: everything stays open, after the sweep nothing names an old version, content untouched", async () => {
    const vault = await ownVault();
    const key = new URL(vault.settings["KEY_IDS"] ?? "").pathname.split("/")[2] ?? "";
    const settingsNow = async () => {
      const keys = (await vault.admin.publicKeys(key)).map(({ kid, kty, n, e }) => ({ kid, kty, n, e }));
      return { ...vault.settings, KEY_IDS: keys[0]?.kid ?? "", PINNED_PUBLIC_KEYS: JSON.stringify({ keys }) };
    };
    let watched = anAppToWatch({ settings: await settingsNow(), through: (blobs) => vault.through(blobs) });
    const owners = [await anOwnerWithBackup({ app: watched.app })];
    for (let round = 0; round < 3; round++) {
      await vault.admin.call("POST", `/keys/${key}/rotate`);
      watched = anAppToWatch({ settings: await settingsNow(), through: (blobs) => vault.through(blobs) });
      owners.push(await anOwnerWithBackup({ app: watched.app }));
    }
    const current = (await settingsNow()).KEY_IDS;
    for (const { owner } of owners) {
      const { owners, sweepStore } = watched.app.services;
      const { owner: id } = placeOf(owner);
      const before = await headOf(owners, placeOf(owner));
      const body = await bodyOf(owners, owner);
      await sweep(watched, "rewrap", owner);
      expect((await sweep(watched, "rewrap", owner)).handled).toBe(0);
      const { blobs } = await sweepStore.list(`owners/${id}`, { size: 10 });
      expect([...blobs].map(({ metadata }) => metadata["kids"])).toEqual([current]);
      const after = await headOf(owners, placeOf(owner));
      expect(after?.value.versions.map(({ keyId }) => keyId)).toEqual([current]);
      expect(after?.etag).toBe(before?.etag);
      expect(await bodyOf(owners, owner)).toEqual(body);
      const phone = await aPhone({ owner, app: watched.app });
      expect((await recover(phone)).status).toBe(200);
    }
    await vault.close();
  }, 60_000);
});
