/** Removing a contact while others write the same record, and where the answer to its own write got lost. */
import { expect, it } from "vitest";
import { removeContact, type Stores } from "../../lib/domain/contact-changes.ts";
import type { OwnerId } from "../../lib/domain/owner.ts";
import type { OwnerRecord, RecordStore } from "../../lib/domain/owner-record.ts";
import type { Peppers } from "../../lib/domain/pepper.ts";
import { aCaller, aContact, anOwnerId, aRecord, now } from "./builders.ts";
import { MemoryOutbox, MemoryStore } from "./memory-stores.ts";
import { kindFrom } from "./refusals.ts";

const peppers: Peppers = { hash: async (_, text) => text };
const { device: id } = aCaller();
const asking = { caller: aCaller(), device: { id, name: "phone", registeredAt: now }, now };
const [contact, other] = [
  aContact({ id: "contact" }),
  aContact({ id: "other", address: "other@mail.example" }),
];

async function aScene() {
  const records = new MemoryStore<OwnerId, OwnerRecord>((owner) => owner);
  await records.put(anOwnerId(), aRecord({ contacts: [contact, other] }), undefined);
  const left = async () => (await records.find(anOwnerId()))?.value.contacts.map((each) => each.id);
  return { records, left };
}

const remove = (records: RecordStore) => {
  const stores: Stores = { records, peppers, outbox: new MemoryOutbox() };
  return removeContact(stores, contact.id, asking, 72, () => undefined);
};

it("R19 R32 is done where the answer to its write got lost and another wrote before it looked again", async () => {
  const { records, left } = await aScene();
  let isLost = true;
  const losing: RecordStore = {
    find: records.find,
    async put(owner, record, replaces) {
      const etag = await records.put(owner, record, replaces);
      if (!isLost) return etag;
      isLost = false;
      await records.put(owner, { ...record, newcomerToldAt: now }, etag);
      return undefined;
    },
  };
  await remove(losing);
  expect(await left()).toEqual([other.id]);
  expect((await records.find(anOwnerId()))?.value.newcomerToldAt).toEqual(now);
});

it("R19 is refused where there is no such contact from the beginning", async () => {
  const { records } = await aScene();
  await remove(records);
  expect(await kindFrom(() => remove(records))).toBe("contact-not-found");
});
