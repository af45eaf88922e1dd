/** A code that can't be queued leaves everything as before; nothing else comes back. */

import { expect, it } from "vitest";
import { pass } from "../../../lib/domain/challenges/challenge.ts";
import { askForCode } from "../../../lib/domain/contacts/code-sending.ts";
import type { OwnerRecord } from "../../../lib/domain/owner/owner-record.ts";
import { changeRecord, type OwnerStore } from "../../../lib/domain/owner/owner-store.ts";
import { putRecord, recordOf } from "../../support/owners.ts";
import { storageSilent } from "../../support/silent.ts";
import { aChallenge, aContact, aContactChallenge, anId, anOwnerId, aRecord, now } from "../builders.ts";
import { MemoryOwners } from "../memory-stores.ts";
import { kindFrom } from "../refusals.ts";

const owner = anOwnerId();
const [former, other] = [aChallenge({ attempts: 2 }), aContactChallenge()];
const next = aChallenge({ id: anId("next"), recovery: former.recovery });

/** Asks for `next` to replace `former`; runs `send` while it is being sent. */
async function asked(send: (owners: OwnerStore) => Promise<void>) {
  const owners = new MemoryOwners();
  const before = aRecord({ contacts: [aContact()], challenges: [former, other] });
  const held = await putRecord(owners, owner, before);
  const find = (record: OwnerRecord) => ({ contact: aContact(), record });
  const asking = { challengeFor: () => next, now };
  const kind = await kindFrom(() => askForCode(owners, owner, held, asking, find, () => send(owners)));
  return { kind, record: await recordOf(owners, owner) };
}

const down = () => Promise.reject(storageSilent());
const meanwhile = async (owners: OwnerStore, change: (record: OwnerRecord) => OwnerRecord) => {
  const decide = (record: OwnerRecord) => ({ result: undefined, record: change(record) });
  return await changeRecord(owners, owner, now, decide, await owners.find(owner));
};

it("R24 R32 the replaced challenge continues with its tries, and the send isn't counted", async () => {
  const { kind, record } = await asked(down);
  expect(kind).toBe("storage-unavailable");
  expect(record?.challenges).toEqual([other, former]);
  expect(record?.sent).toEqual([]);
});

it("R24 a challenge that was passed meanwhile doesn't come back", async () => {
  const { record } = await asked(async (owners) => {
    await meanwhile(owners, (held) => pass(held, other));
    return await down();
  });
  expect(record?.challenges).toEqual([former]);
});

it("R24 a newer one for the same target stays, and the former stays replaced", async () => {
  const newest = aChallenge({ id: anId("newest") });
  const { record } = await asked(async (owners) => {
    await meanwhile(owners, (held) => ({ ...held, challenges: [newest, other] }));
    return await down();
  });
  expect(record?.challenges).toEqual([newest, other]);
});
