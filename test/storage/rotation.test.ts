/** Rotation of the vault's key: old versions stay open, and after the sweep nothing needs them. */
import { describe, expect, it } from "vitest";
import { anOwnerWithBackup } from "../endpoints/helpers.ts";
import { ownVault } from "../support/own-vault.ts";
import { aPhone } from "../support/phones.ts";
import { anAppToWatch, recover } from "../support/step-up.ts";
import { placeOf, sweep } from "../support/sweeping.ts";

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
      const before = await watched.app.services.heads.find(placeOf(owner));
      await sweep(watched, "rewrap", owner);
      expect((await sweep(watched, "rewrap", owner)).handled).toBe(0);
      const { owner: id } = placeOf(owner);
      const { blobs } = await watched.app.services.sweepStore.list(`versions/${id}`, { size: 10 });
      expect(blobs.map(({ metadata }) => metadata["kid"])).toEqual(blobs.map(() => current));
      expect((await watched.app.services.heads.find(placeOf(owner)))?.etag).toBe(before?.etag);
      const phone = await aPhone({ owner, app: watched.app });
      expect((await recover(phone)).status).toBe(200);
    }
    await vault.close();
  }, 60_000);
});
