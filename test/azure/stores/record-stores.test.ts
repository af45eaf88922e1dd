/** The laws of the stores of recoveries, credentials and tickets, in memory and on Blob Storage. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accountKey, type DeviceBoundAccount } from "../../../lib/domain/account.ts";
import type { AccountCredentials } from "../../../lib/domain/credentials/credential.ts";
import { sha256 } from "../../../lib/domain/hash.ts";
import { newId } from "../../../lib/domain/id.ts";
import type { OwnerId } from "../../../lib/domain/owner.ts";
import type { RecoveryRecord } from "../../../lib/domain/recovery/record.ts";
import type { Ticket } from "../../../lib/domain/step-up/ticket.ts";
import type { Store } from "../../../lib/domain/store.ts";
import { aBound, aBoundWork, aDeviceId, anOwnerId } from "../../domain/builders.ts";
import { MemoryStore } from "../../domain/memory-stores.ts";
import { putRecord, recordOf } from "../../support/owners.ts";
import { aNewOwner } from "../contracts.ts";
import { anInstance, type Instance } from "../instances.ts";
import { aFullRecord, aRecoveryRecord, aTicket, someCredentials } from "../samples.ts";
import { type Samples, storeContract } from "../store-contract.ts";
import { type OwnContainer, ownContainer } from "../targets.ts";

let storage: OwnContainer;
beforeAll(async () => {
  storage = await ownContainer();
});
afterAll(() => storage.close());

/** The same laws in memory and on Blob Storage. */
function contractOf<K, T>(
  name: string,
  nameOf: (key: K) => string,
  choose: (instance: Instance) => Store<K, T>,
  samples: Samples<K, T>,
): void {
  const close = async () => undefined;
  storeContract(`${name}, in memory`, async () => ({ store: new MemoryStore<K, T>(nameOf), close }), samples);
  const onBlobs = async () => ({ store: choose(anInstance(storage.blobs)), close });
  storeContract(`${name}, on Blob Storage`, onBlobs, samples);
}

type RecoveryKey = { owner: OwnerId; record: string };
const recoveries: Samples<RecoveryKey, RecoveryRecord> = {
  aKey: () => ({ owner: aNewOwner(), record: newId() }),
  beside: ({ owner, record }) => [
    { owner, record: newId() },
    { owner: aNewOwner(), record },
  ],
  aValue: (number) => aRecoveryRecord({ request: `digest ${number}` }),
  values: [aRecoveryRecord({ accounts: [] })],
};
contractOf(
  "RecoveryStore",
  ({ owner, record }) => `${owner}/${record}`,
  (instance) => instance.recoveries,
  recoveries,
);

const credentials: Samples<DeviceBoundAccount, AccountCredentials> = {
  aKey: () => aBoundWork({ userName: crypto.randomUUID() }),
  beside: (account) => [
    { ...account, userName: `${account.userName} ` },
    { ...account, issuer: "https://another.example" },
    aBoundWork({ userName: account.userName, tenant: "fabrikam" }),
    aBound({ userName: account.userName, issuer: account.issuer }),
  ],
  aValue: (count) => someCredentials({ owner: anOwnerId(`owner ${count}`), failures: { count } }),
  values: [someCredentials(), someCredentials({ holders: [], ended: [] })],
};
contractOf<DeviceBoundAccount, AccountCredentials>(
  "CredentialStore",
  accountKey,
  (instance) => instance.credentials,
  credentials,
);

const tickets: Samples<string, Ticket> = {
  aKey: () => sha256(crypto.randomUUID()),
  beside: (hash) => [hash.replace(/.$/, (last) => (last === "A" ? "B" : "A"))],
  aValue: (number) => aTicket({ issuedBy: { by: "provider", client: `app ${number}` } }),
  values: [
    aTicket({ usedBy: aDeviceId() }),
    aTicket({ issuedBy: { by: "device", owner: anOwnerId(), device: aDeviceId() } }),
  ],
};
contractOf<string, Ticket>(
  "TicketStore",
  (hash) => hash,
  (instance) => instance.tickets,
  tickets,
);

describe("sealed stores on several instances", () => {
  it("R8 what one instance put, another finds with keys that it has read itself", async () => {
    const [one, other] = [anInstance(storage.blobs), anInstance(storage.blobs)];
    const owner = aNewOwner();
    const [recovery, account, hash] = [{ owner, record: newId() }, credentials.aKey(), tickets.aKey()];
    await putRecord(one.owners, owner, aFullRecord());
    await one.recoveries.put(recovery, aRecoveryRecord(), undefined);
    await one.credentials.put(account, someCredentials({ owner }), undefined);
    await one.tickets.put(hash, aTicket(), undefined);
    expect(await recordOf(other.owners, owner)).toEqual(aFullRecord());
    expect((await other.recoveries.find(recovery))?.value).toEqual(aRecoveryRecord());
    expect((await other.credentials.find(account))?.value).toEqual(someCredentials({ owner }));
    expect((await other.tickets.find(hash))?.value).toEqual(aTicket());
  });

  it("R14 an account's credentials that pass to another owner are sealed under that owner's key", async () => {
    const instance = anInstance(storage.blobs);
    const [account, before, after] = [credentials.aKey(), aNewOwner(), aNewOwner()];
    const etag = await instance.credentials.put(account, someCredentials({ owner: before }), undefined);
    await instance.credentials.put(account, someCredentials({ owner: after }), etag);
    await storage.container.deleteBlob(`owner-keys/${before}`);
    const found = await anInstance(storage.blobs).credentials.find(account);
    expect(found?.value).toEqual(someCredentials({ owner: after }));
  });

  it("R35 once the owner's key is deleted, nothing of theirs opens, whatever is left of it", async () => {
    const instance = anInstance(storage.blobs);
    const owner = aNewOwner();
    const [recovery, account] = [{ owner, record: newId() }, credentials.aKey()];
    await putRecord(instance.owners, owner, aFullRecord());
    await instance.recoveries.put(recovery, aRecoveryRecord(), undefined);
    await instance.credentials.put(account, someCredentials({ owner }), undefined);
    await storage.container.deleteBlob(`owner-keys/${owner}`);
    const unreadable = { kind: "backup-unreadable" };
    const later = anInstance(storage.blobs);
    await expect(later.owners.find(owner)).rejects.toMatchObject(unreadable);
    await expect(later.recoveries.find(recovery)).rejects.toMatchObject(unreadable);
    await expect(later.credentials.find(account)).rejects.toMatchObject(unreadable);
  });

  it("R39 an account is the same however its letters are composed", async () => {
    const { credentials: store } = anInstance(storage.blobs);
    const userName = `rene\u0301-${crypto.randomUUID()}`;
    const etag = await store.put(aBound({ userName }), someCredentials(), undefined);
    const found = await store.find(aBound({ userName: userName.normalize("NFC") }));
    expect(found).toEqual({ value: someCredentials(), etag });
  });
});
