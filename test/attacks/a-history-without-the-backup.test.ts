/** A thief wants the owner's backup gone from the history, and nobody to hear of it. */
import { expect, it } from "vitest";
import { DAY } from "../../lib/domain/clock.ts";
import { aRegisteredPhone, receiptIn, refused, statusIn } from "../functions/helpers.ts";
import { aBackup, anAccount, replacing } from "../support/builders.ts";
import { signInAt } from "../support/phones.ts";
import { sweep } from "../support/sweeping.ts";
import { aTheft, type Theft } from "../support/theft.ts";
import { unsent } from "../support/unsent.ts";

const BACKUP = "v1/backups/android";

async function emptyUploads({ thief }: Theft, count: number) {
  for (let n = 0; n < count; n++) {
    const headers = replacing(await thief.call("GET", BACKUP));
    const reply = await thief.call("PUT", BACKUP, { body: aBackup([]), headers });
    expect(reply.status, JSON.stringify(reply.body)).toBe(200);
  }
}

it("R18 R30 ten empty uploads neither push the owner's backup out nor go unannounced", async () => {
  const theft = await aTheft();
  const { uploaded, phone, watched, owner, thief } = theft;
  await emptyUploads(theft, 10);
  const { id } = receiptIn(uploaded).version;
  const told = () => watched.told().filter(({ activity }) => activity.kind === "backup-shrunk");
  const versions = JSON.stringify((await phone.call("GET", `${BACKUP}/versions`)).body);
  expect({
    ownersVersion: versions.includes(id),
    lettersToContacts: told().map(({ recipients }) => recipients.map(({ link }) => link)),
  }).toEqual({ ownersVersion: true, lettersToContacts: [[true]] });
  watched.clock.pass(2 * DAY);
  for (const each of [phone, thief]) await each.signIn(owner, signInAt(watched.clock.now()));
  await emptyUploads(theft, 10);
  const headers = replacing(await phone.call("GET", BACKUP));
  const restored = await phone.call("POST", `${BACKUP}/versions/${id}/restore`, { headers });
  expect(statusIn(restored).version?.accounts.thirdParty).toBe(1);
  await emptyUploads(theft, 1);
  expect(told()).toHaveLength(2);
});

it("R30 what the owner uploaded the same day stays, whatever a thief uploads, restores and shuts out", async () => {
  const theft = await aTheft();
  const { phone, thief, watched, owner } = theft;
  const headers = replacing(await phone.call("GET", BACKUP));
  const today = await phone.call("PUT", BACKUP, { body: aBackup([anAccount(), anAccount()]), headers });
  const { id } = receiptIn(today).version;
  const former = receiptIn(theft.uploaded).version.id;
  const hasIt = async () => JSON.stringify((await phone.call("GET", `${BACKUP}/versions`)).body).includes(id);
  await emptyUploads(theft, 12);
  const hasItAfterUploads = await hasIt();
  for (let n = 0; n < 12; n++) {
    const before = replacing(await thief.call("GET", BACKUP));
    await thief.call("POST", `${BACKUP}/versions/${former}/restore`, { headers: before });
  }
  const hasItAfterRestores = await hasIt();
  await thief.call("DELETE", `v1/devices/${phone.deviceId}`);
  watched.clock.pass(6 * DAY);
  await thief.signIn(owner, signInAt(watched.clock.now()));
  await emptyUploads(theft, 12);
  const versions = JSON.stringify((await thief.call("GET", `${BACKUP}/versions`)).body);
  expect({ hasItAfterUploads, hasItAfterRestores, hasItAfterDays: versions.includes(id) }).toEqual({
    hasItAfterUploads: true,
    hasItAfterRestores: true,
    hasItAfterDays: true,
  });
});

it("R30 what a phone uploaded stays for its week, though it was revoked and a hundred others after it", async () => {
  const theft = await aTheft();
  const { phone, thief, watched, owner } = theft;
  const headers = replacing(await phone.call("GET", BACKUP));
  const uploaded = await phone.call("PUT", BACKUP, { body: aBackup([anAccount(), anAccount()]), headers });
  await emptyUploads(theft, 11);
  expect((await thief.call("DELETE", `v1/devices/${phone.deviceId}`)).status).toBe(202);
  watched.clock.pass(3 * DAY);
  await sweep(watched, "owners", owner);
  await thief.signIn(owner, signInAt(watched.clock.now()));
  for (let n = 0; n < 101; n++) {
    watched.clock.pass(100);
    const another = await aRegisteredPhone(owner, { app: watched.app });
    expect((await another.call("DELETE", `v1/devices/${another.deviceId}`)).status).toBe(204);
  }
  await emptyUploads(theft, 1);
  const versions = JSON.stringify((await thief.call("GET", `${BACKUP}/versions`)).body);
  expect(versions).toContain(receiptIn(uploaded).version.id);
}, 60_000);

it("R18 R30 an upload that loses most of the backup isn't stored before its owner can be told", async () => {
  const { thief, watched } = await aTheft();
  const headers = replacing(await thief.call("GET", BACKUP));
  const put = () => thief.call("PUT", BACKUP, { body: aBackup([]), headers });
  refused(await unsent(watched, put), "storage-unavailable");
  expect((await put()).status).toBe(200);
});
