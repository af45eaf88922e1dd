/** Removing a contact while others write the same owner, with lost answers to its own write. */
import { expect, it } from "vitest";
import { removeContact } from "../../../lib/domain/contacts/contact-changes.ts";
import type { OwnerStore, StoredOwner } from "../../../lib/domain/owner/owner-store.ts";
import { putRecord, recordOf } from "../../support/owners.ts";
import { aCaller, aContact, anOwnerId, aRecord, now } from "../builders.ts";
import { losingAnAnswer, MemoryOutbox, MemoryOwners } from "../memory-stores.ts";
import { kindFrom } from "../refusals.ts";

const [contact, other] = [
  aContact({ id: "contact" }),
  aContact({ id: "other", address: "other@mail.example" }),
];

async function aScene() {
  const owners = new MemoryOwners();
  const held = await putRecord(owners, anOwnerId(), aRecord({ contacts: [contact, other] }));
  return { owners, held };
}

const remove = (owners: OwnerStore, held: StoredOwner | undefined) => {
  const asking = { caller: aCaller(), held, now };
  const policy = { contactCoolingOffHours: 72, signInMaxAgeSeconds: 600 };
  return removeContact({ owners, outbox: new MemoryOutbox() }, asking, contact.id, policy);
};

it("R19 R32 is done, if its write's answer got lost and another wrote before it looked again", async () => {
  const { owners, held } = await aScene();
  const another = async () => {
    const record = (await recordOf(owners, anOwnerId())) ?? expect.fail("no record");
    await putRecord(owners, anOwnerId(), { ...record, newcomerToldAt: now });
  };
  await remove(losingAnAnswer(owners, another), held);
  const left = await recordOf(owners, anOwnerId());
  expect(left?.contacts.map((each) => each.id)).toEqual([other.id]);
  expect(left?.newcomerToldAt).toEqual(now);
});

it("R19 is refused if there was no such contact from the beginning", async () => {
  const { owners, held } = await aScene();
  await remove(owners, held);
  const after = await owners.find(anOwnerId());
  expect(await kindFrom(() => remove(owners, after))).toBe("contact-not-found");
});
