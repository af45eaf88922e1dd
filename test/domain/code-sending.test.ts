/** A code that can't be put on its way leaves everything as if it had never been asked for, and nothing else comes back. */
import { expect, it } from "vitest";
import { pass } from "../../lib/domain/challenge.ts";
import { askForCode } from "../../lib/domain/code-sending.ts";
import { Failure } from "../../lib/domain/failure.ts";
import type { OwnerId } from "../../lib/domain/owner.ts";
import { changeRecord, type OwnerRecord } from "../../lib/domain/owner-record.ts";
import { aChallenge, aContact, aContactChallenge, anId, anOwnerId, aRecord, now } from "./builders.ts";
import { MemoryStore } from "./memory-stores.ts";
import { kindFrom } from "./refusals.ts";

const owner = anOwnerId();
const [former, other] = [aChallenge({ attempts: 2 }), aContactChallenge()];
const next = aChallenge({ id: anId("next"), recovery: former.recovery });

/** Asks for `next`, in the place of `former`; while it is sent this happens. */
async function asked(send: (records: MemoryStore<OwnerId, OwnerRecord>) => Promise<void>) {
  const records = new MemoryStore<OwnerId, OwnerRecord>((each) => each);
  await records.put(owner, aRecord({ contacts: [aContact()], challenges: [former, other] }), undefined);
  const find = (record: OwnerRecord) => ({ contact: aContact(), record });
  const asking = { challengeFor: () => next, now };
  const kind = await kindFrom(() => askForCode(records, owner, asking, find, () => send(records)));
  return { kind, record: (await records.find(owner))?.value };
}

const down = () => Promise.reject(new Failure("storage-unavailable", "down"));

it("R24 R32 the challenge whose place it took counts on, with its tries, and the send isn't counted", async () => {
  const { kind, record } = await asked(down);
  expect(kind).toBe("storage-unavailable");
  expect(record?.challenges).toEqual([other, former]);
  expect(record?.sent).toEqual([]);
});

it("R24 a challenge that was passed meanwhile doesn't come back", async () => {
  const { record } = await asked(async (records) => {
    await changeRecord(records, owner, now, (held) => ({ result: undefined, record: pass(held, other) }));
    return await down();
  });
  expect(record?.challenges).toEqual([former]);
});

it("R24 a newer one for the same stays, and the former stays replaced", async () => {
  const newest = aChallenge({ id: anId("newest") });
  const { record } = await asked(async (records) => {
    const challenges = [newest, other];
    await changeRecord(records, owner, now, (held) => ({
      result: undefined,
      record: { ...held, challenges },
    }));
    return await down();
  });
  expect(record?.challenges).toEqual([newest, other]);
});
