/** A key rotated while instances run: each takes up the new version by itself. */
import { expect, it, vi } from "vitest";
import { anOwnerWithBackup } from "../../functions/helpers.ts";
import { aBackup, replacing } from "../../support/builders.ts";
import { ownVault } from "../../support/own-vault.ts";
import { headOf } from "../../support/owners.ts";
import { aPhone, signInAt } from "../../support/phones.ts";
import { anAppToWatch, recover } from "../../support/step-up.ts";
import { placeOf } from "../../support/sweeping.ts";

it("R38 a new version becomes current without a restart, and no upload waits for that", async () => {
  const vault = await ownVault();
  const { KEY_IDS = "" } = vault.settings;
  const name = new URL(KEY_IDS).pathname.split("/")[2] ?? "";
  const watched = anAppToWatch({ settings: vault.settings, through: (blobs) => vault.through(blobs) });
  const { owner, phone } = await anOwnerWithBackup({ app: watched.app });
  const keyNow = async () =>
    (await headOf(watched.app.services.owners, placeOf(owner)))?.value.versions[0]?.keyId;
  const upload = async () => {
    const headers = replacing(await phone.call("GET", "v1/backups/android"));
    expect((await phone.call("PUT", "v1/backups/android", { body: aBackup(), headers })).status).toBe(200);
  };
  await vault.admin.call("POST", `/keys/${name}/rotate`);
  await upload();
  expect(await keyNow()).toBe(KEY_IDS);
  watched.clock.pass(3_600_000);
  await phone.signIn(owner, signInAt(watched.clock.now()));
  await upload();
  await vi.waitFor(async () => {
    await upload();
    expect(await keyNow()).not.toBe(KEY_IDS);
  });
  expect((await recover(await aPhone({ owner, app: watched.app }))).status).toBe(200);
  await vault.close();
});
