/** A renewed code: its owner is told before anything changes, or nothing changes. */

import { expect, it } from "vitest";
import type { OwnerRecord } from "../../lib/domain/owner-record.ts";
import { renewCode } from "../../lib/domain/renewal.ts";
import { noFailures } from "../../lib/domain/throttle.ts";
import { putRecord, recordOf } from "../support/owners.ts";
import { storageSilent } from "../support/silent.ts";
import { aBound, aCaller, aContact, aDevice, aRecord, now } from "./builders.ts";
import { memoryStores } from "./recovery-scene.ts";
import { kindFrom } from "./refusals.ts";

const [account, caller] = [aBound(), aCaller()];
const { owner, device } = caller;
const nobodysYet = { owner, holders: [], ended: [], failures: noFailures };

/** An owner with a contact, whose account it is. */
async function aScene(change: Partial<OwnerRecord> = {}) {
  const stores = memoryStores();
  const bindings = [{ account, boundAt: now, devices: [] }];
  const record = aRecord({ bindings, contacts: [aContact()], ...change });
  const held = await putRecord(stores.owners, owner, record);
  await stores.credentials.put(account, nobodysYet, undefined);
  const renewal = { caller, device: aDevice({ id: device }), recovery: "recovery 1", account, now };
  const renew = () => renewCode(stores, held, renewal);
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

it("R17 R18 of a device that was revoked it is refused, and nobody is told of what didn't happen", async () => {
  const { renew, kept, told } = await aScene({ endedDevices: [device] });
  const before = await kept();
  expect(await kindFrom(renew)).toBe("device-revoked");
  expect({ ...(await kept()), told: told() }).toEqual({ ...before, told: [] });
});
