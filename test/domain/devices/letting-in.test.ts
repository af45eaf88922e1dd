/** A device registers while another takes its place: its credentials count only if it ends up active. */
import { expect, it } from "vitest";
import { noFailures } from "../../../lib/domain/challenges/throttle.ts";
import { later, MINUTE } from "../../../lib/domain/clock.ts";
import type { CredentialStore } from "../../../lib/domain/credentials/credential.ts";
import { findDevice, isActive } from "../../../lib/domain/device.ts";
import type { Asking } from "../../../lib/domain/devices/admission.ts";
import { register } from "../../../lib/domain/devices/registration.ts";
import { devicesIn } from "../../../lib/domain/owner/owner-store.ts";
import { putHead, putRecord } from "../../support/owners.ts";
import {
  aBound,
  aCaller,
  aDeviceId,
  aHead,
  anOwnerId,
  aPlace,
  aRecord,
  now,
  someDevices,
} from "../builders.ts";
import { memoryStores } from "../recovery-scene.ts";

const [owner, account] = [anOwnerId(), aBound()];
const unseen = aDeviceId("device-0");
type Held = Asking["held"] | Promise<Asking["held"]>;

/** The most active devices allowed; the one unseen for the longest has a code. */
async function aScene() {
  const stores = memoryStores();
  const devices = someDevices(30, (index) => ({ lastSeenAt: later(now, (index - 60) * MINUTE) }));
  await putHead(stores.owners, aPlace(), aHead({ devices }));
  await putRecord(
    stores.owners,
    owner,
    aRecord({ bindings: [{ account, boundAt: now, devices: [unseen] }] }),
  );
  const code = { secret: "", issuedAt: now, lastStep: 0 };
  const held = { owner, holders: [{ device: unseen, code }], ended: [], failures: noFailures };
  await stores.credentials.put(account, held, undefined);
  const read = () => stores.owners.find(owner);
  const come = async (
    name: string,
    held: Held = read(),
    credentials: CredentialStore = stores.credentials,
  ) => {
    const caller = aCaller({ device: aDeviceId(name) });
    const asking = { caller, held: await held, now };
    await register({ ...stores, credentials }, asking, { platform: "android", name });
  };
  /** Whether the unseen one is active, and whether its code counts. */
  const outcome = async () => {
    const device = findDevice(devicesIn(await read()), unseen);
    const { ended = [] } = (await stores.credentials.find(account))?.value ?? {};
    return { isActive: device !== undefined && isActive(device), counts: !ended.includes(unseen) };
  };
  /** Runs `meanwhile` just before the nth look at credentials. */
  const before = (nth: number, meanwhile: () => Promise<void>): CredentialStore => {
    let looks = 0;
    const find: CredentialStore["find"] = async (key) => {
      looks += 1;
      if (looks === nth) await meanwhile();
      return await stores.credentials.find(key);
    };
    return { find, put: stores.credentials.put };
  };
  return { read, come, outcome, before };
}

it("R17 a device that loses its place is suspended, and its credentials don't count until it is back", async () => {
  const { come, outcome } = await aScene();
  await come("unregistered");
  expect(await outcome()).toEqual({ isActive: false, counts: false });
  await come("device-0");
  expect(await outcome()).toEqual({ isActive: true, counts: true });
});

it("R17 one that loses its place after it was seen as active gets everything back when it returns", async () => {
  const { read, come, outcome } = await aScene();
  const held = await read();
  await come("unregistered");
  await come("device-0", held);
  expect(await outcome()).toEqual({ isActive: true, counts: true });
});

it("R17 one that is back before the new device reaches its credentials keeps them", async () => {
  const { read, come, outcome, before } = await aScene();
  await come(
    "unregistered",
    read(),
    before(1, () => come("device-0")),
  );
  expect(await outcome()).toEqual({ isActive: true, counts: true });
});

it("R17 one that comes back, and loses its place again before it has looked at its credentials, has none that count", async () => {
  const { read, come, outcome, before } = await aScene();
  await come("unregistered");
  const others = async () => {
    for (let index = 1; index <= 31; index++) await come(`another ${index}`);
  };
  // The first look precedes the registration.
  await come("device-0", read(), before(2, others));
  expect(await outcome()).toEqual({ isActive: false, counts: false });
});
