/** Renewing a code: the owner is told before anything changes, or nothing changes. */

import { expect, it } from "vitest";
import { noFailures } from "../../../lib/domain/challenges/throttle.ts";
import { DAY, later } from "../../../lib/domain/clock.ts";
import { renewCode } from "../../../lib/domain/credentials/renewal.ts";
import type { OwnerRecord } from "../../../lib/domain/owner/owner-record.ts";
import { newState } from "../../../lib/domain/owner/owner-state.ts";
import type { RecoveryRecord } from "../../../lib/domain/recovery/record.ts";
import { putOwner, recordOf } from "../../support/owners.ts";
import { storageSilent } from "../../support/silent.ts";
import { aBound, aCaller, aContact, aDevice, aHead, aRecord, aVersion, now } from "../builders.ts";
import { memoryStores } from "../recovery-scene.ts";
import { kindFrom } from "../refusals.ts";

const [account, caller] = [aBound(), aCaller()];
const { owner, device } = caller;
const aRecovery: RecoveryRecord = {
  device,
  platform: "android",
  from: "android",
  version: aVersion(),
  request: "",
  createdAt: now,
  accounts: [{ account, state: "credential-sent" }],
};
const nobodysYet = { owner, holders: [], ended: [], failures: noFailures };

/** An owner with a contact and a proven account. */
async function aScene(change: Partial<OwnerRecord> = {}) {
  const stores = memoryStores();
  const bindings = [{ account, boundAt: now, devices: [] }];
  const record = aRecord({ bindings, contacts: [aContact()], ...change });
  const open = { id: "recovery 1", device, record: "record 1", endsAt: later(now, DAY) };
  const state = { ...newState(), heads: { android: aHead({ devices: [aDevice({ id: device })] }) } };
  const next = { state: { ...state, recoveries: [open] }, record };
  await putOwner(stores.owners, owner, () => next);
  await stores.recoveries.put({ owner, record: open.record }, aRecovery, undefined);
  await stores.credentials.put(account, nobodysYet, undefined);
  const renewal = { recovery: open.id, account };
  let proofs = 0;
  const renew = async () => {
    const held = await stores.owners.find(owner);
    const asking = { caller: aCaller({ proof: `proof ${proofs++}` }), held, now };
    return await renewCode(stores, asking, renewal);
  };
  const kept = async () => ({
    record: await recordOf(stores.owners, owner),
    credentials: (await stores.credentials.find(account))?.value,
  });
  const told = () => stores.outbox.items.map(({ item }) => item);
  return { ...stores, renew, kept, told };
}

it("R14 R18 R25 the device has a new code, and every contact is told", async () => {
  const { renew, kept, told } = await aScene();
  expect(await renew()).toMatch(/^otpauth:/);
  expect(await kept()).toMatchObject({
    record: { bindings: [{ devices: [device] }] },
    credentials: { holders: [{ device }] },
  });
  const activity = { kind: "credential-issued", recovery: "recovery 1", device: { id: device } };
  expect(told()).toMatchObject([{ activity, recipients: [{ address: aContact().address }] }]);
});

it("R18 while nobody can be told, it fails and nothing is changed", async () => {
  const { renew, kept, told, outbox } = await aScene();
  const before = await kept();
  outbox.broken = storageSilent();
  expect(await kindFrom(renew)).toBe("storage-unavailable");
  expect({ ...(await kept()), told: told() }).toEqual({ ...before, told: [] });
  outbox.broken = undefined;
  expect(await renew()).toMatch(/^otpauth:/);
});

it("R17 R18 it is refused for a revoked device, and nobody is told", async () => {
  const { renew, kept, told } = await aScene({ endedDevices: [device] });
  const before = await kept();
  expect(await kindFrom(renew)).toBe("device-revoked");
  expect({ ...(await kept()), told: told() }).toEqual({ ...before, told: [] });
});

it("R18 R47 of what the provider has ended it is refused, and nobody is told of what didn't happen", async () => {
  const { renew, kept, told, credentials } = await aScene();
  const stored = await credentials.find(account);
  const endedByProvider = { devices: [device], proven: false };
  await credentials.put(account, { ...nobodysYet, endedByProvider }, stored?.etag);
  const before = await kept();
  expect(await kindFrom(renew)).toBe("account-not-in-recovery");
  expect({ ...(await kept()), told: told() }).toEqual({ ...before, told: [] });
});
