/** Two instances on one storage: a change at one counts at the other with the next request. */
/** Even after an owner's key was made anew. */
import { BlobServiceClient } from "@azure/storage-blob";
import { expect, inject, it } from "vitest";
import { ownerIdOf } from "../../lib/domain/owner.ts";
import { type App, anApp } from "../support/app.ts";
import { aBackup, anAccount, nothingYet, replacing } from "../support/builders.ts";
import { anOwner, aPhone, type CheckedPhone } from "../support/phones.ts";

const BACKUP = "v1/backups/android";
const ROUNDS = 20;
const recovery = { body: { platform: "android", device: { name: "new" }, existingAccounts: [] } };

/** Removes the remains of an erasure once the cooling-off is over: the owner's key and blob. */
async function erase(subject: string): Promise<void> {
  const { issuer, settings } = inject("surroundings");
  const owner = ownerIdOf({ issuer, subject });
  const service = BlobServiceClient.fromConnectionString(settings["BACKUPS_STORAGE"] ?? "");
  await service.getContainerClient("keys").deleteBlob(`owner-keys/${owner}`);
  await service.getContainerClient("backups").deleteBlob(`owners/${owner}`);
}

const first = (phone: CheckedPhone, document: ReturnType<typeof aBackup>) =>
  phone.call("PUT", BACKUP, { body: document, headers: nothingYet });

const upload = async (owner: string, app: App) => {
  const phone = await aPhone({ owner, app });
  const document = aBackup([anAccount()]);
  const reply = await first(phone, document);
  expect(reply.status).toBe(201);
  return { phone, document, reply };
};

/** A new phone recovers the backup through an instance that has cached nothing. */
async function expectRecovered(owner: string, { accounts: [account] }: ReturnType<typeof aBackup>) {
  const reply = await (await aPhone({ owner, app: anApp() })).call("POST", "v1/recoveries", recovery);
  expect(reply.body).toMatchObject({ accounts: [{ outcome: "restore", account }] });
}

it("R7 R8 two devices that race through two instances: one wins each round, the loser learns the new state", async () => {
  const apps = [anApp(), anApp()] as const;
  const owner = anOwner();
  const { phone, reply } = await upload(owner, apps[0]);
  const second = await aPhone({ owner, app: apps[1] });
  await second.call("POST", "v1/devices", { body: { platform: "android", name: "second" } });
  let held = await phone.call("GET", BACKUP);
  expect(held.headers.get("etag")).toBe(reply.headers.get("etag"));
  for (let round = 1; round <= ROUNDS; round++) {
    const documents = [aBackup([anAccount()]), aBackup([anAccount()])];
    const replies = await Promise.all(
      [phone, second].map((each, at) =>
        each.call("PUT", BACKUP, { body: documents[at], headers: replacing(held) }),
      ),
    );
    const won = replies.findIndex(({ status }) => status === 200);
    const [winner = expect.fail("nobody won"), loser] = [replies[won], replies[1 - won]];
    expect(loser?.status).toBe(412);
    expect(loser?.body).toMatchObject({ generation: round + 1, etag: winner.headers.get("etag") });
    expect(winner.body).toMatchObject({ version: { generation: round + 1 } });
    held = winner;
    if (round === ROUNDS) await expectRecovered(owner, documents[won] ?? expect.fail("no document"));
  }
});

it("R35 an instance that holds an erased key opens what was since sealed under the new one", async () => {
  const [one, two] = [anApp(), anApp()];
  const owner = anOwner();
  await upload(owner, one);
  await erase(owner);
  const { phone, document, reply } = await upload(owner, two);
  phone.through(one.fetch);
  const status = await phone.call("GET", BACKUP);
  expect({ status: status.status, etag: status.headers.get("etag") }).toEqual({
    status: 200,
    etag: reply.headers.get("etag"),
  });
  const recovered = await phone.call("POST", "v1/recoveries", recovery);
  expect(recovered.body).toMatchObject({ accounts: [{ account: document.accounts[0] }] });
});

it("R35 an instance that holds an erased key seals nothing under it: neither the next upload nor a first one", async () => {
  const [one, two] = [anApp(), anApp()];
  const owner = anOwner();
  await upload(owner, one);
  await erase(owner);
  const [unregistered, document] = [await aPhone({ owner, app: one }), aBackup([anAccount()])];
  expect((await first(unregistered, document)).status).toBe(201);
  await expectRecovered(owner, document);

  await erase(owner);
  const { phone, reply } = await upload(owner, two);
  phone.through(one.fetch);
  const next = aBackup([anAccount()]);
  expect((await phone.call("PUT", BACKUP, { body: next, headers: replacing(reply) })).status).toBe(200);
  await expectRecovered(owner, next);
});

it("R17 a device revoked at one is refused at the other from the next request on", async () => {
  const [one, two] = [anApp(), anApp()];
  const owner = anOwner();
  const found = await aPhone({ owner, app: two });
  await found.call("PUT", BACKUP, { body: aBackup(), headers: nothingYet });
  const lost = await aPhone({ owner, app: one });
  await lost.call("POST", "v1/devices", { body: { platform: "android", name: "lost" } });
  expect((await lost.call("GET", BACKUP)).status).toBe(200);
  expect((await found.call("DELETE", `v1/devices/${lost.deviceId}`)).status).toBe(204);
  expect((await lost.call("GET", BACKUP)).status).toBe(401);
});

it("R7 R8 of an owner's first uploads raced at both, one wins, and what it stored opens at both", async () => {
  for (let round = 0; round < 10; round++) {
    const owner = anOwner();
    const phones = await Promise.all([anApp(), anApp()].map((app) => aPhone({ owner, app })));
    const documents = phones.map(() => aBackup([anAccount()]));
    const replies = await Promise.all(
      phones.map((phone, at) => phone.call("PUT", BACKUP, { body: documents[at], headers: nothingYet })),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 403]);
    const winner = replies.findIndex(({ status }) => status === 201);
    await expectRecovered(owner, documents[winner] ?? expect.fail("nobody won"));
  }
});
