/** What a provider ends: gone at once, its holder told first, back only by a new proof. */
import { describe, expect, it } from "vitest";
import { noFailures } from "../../../lib/domain/challenges/throttle.ts";
import {
  AccountCredentials,
  checkSignature,
  mayRenew,
  withCredential,
  withEndedByProvider,
  withoutHolder,
  withResumed,
  withSuspended,
} from "../../../lib/domain/credentials/credential.ts";
import { endForProvider } from "../../../lib/domain/credentials/ending.ts";
import type { DeviceId } from "../../../lib/domain/owner.ts";
import type { Provider } from "../../../lib/domain/step-up/provider.ts";
import { putRecord } from "../../support/owners.ts";
import { aPushKey } from "../../support/push-key.ts";
import { storageSilent } from "../../support/silent.ts";
import { aBound, aContact, aDeviceId, anOwnerId, aRecord, now, sha256Bytes } from "../builders.ts";
import { memoryStores } from "../recovery-scene.ts";
import { kindFrom, refusalOf } from "../refusals.ts";

const owner = anOwnerId();
const [stolen, kept, newer] = [aDeviceId("stolen"), aDeviceId("kept"), aDeviceId("newer")];
const secret = sha256Bytes("secret").subarray(0, 20);
type Claim = Parameters<typeof withCredential>[1]["claim"];
const issued = (former: AccountCredentials | undefined, device: DeviceId, claim: Claim = "step-up") =>
  withCredential(former, { owner, claim, device, wanted: { type: "code", secret } }, now);
const both = issued(issued(undefined, stolen), kept);
const endedOf = (former: AccountCredentials, device?: DeviceId) =>
  withEndedByProvider(former, device, now) ?? expect.fail("nothing was ended");
const devicesIn = ({ holders }: AccountCredentials) => holders.map(({ device }) => device);
const renewers = (credentials: AccountCredentials) =>
  [stolen, kept, newer].filter((device) => mayRenew(credentials, device));

describe("R47 what is left once a provider has ended", () => {
  it("R47 all: nobody's, reserved for their holder as after a revocation, and no renewal for anybody", () => {
    const ended = endedOf(both);
    expect({ devices: devicesIn(ended), at: ended.lastEndedAt, renewers: renewers(ended) }).toEqual({
      devices: [],
      at: now,
      renewers: [],
    });
    const renewal = refusalOf(() => issued(ended, newer, "renewal"));
    expect(renewal.kind).toBe("busy");
    expect(AccountCredentials.parse(JSON.parse(JSON.stringify(ended)))).toEqual(ended);
  });

  it("R47 one device's: the others keep theirs, and what it had comes back by no proof but its own", () => {
    const ended = endedOf(both, stolen);
    const provenByOther = issued(ended, newer);
    const provenByAll = issued(provenByOther, stolen);
    expect([ended, provenByOther, provenByAll].map((each) => [devicesIn(each), renewers(each)])).toEqual([
      [[kept], []],
      [
        [kept, newer],
        [kept, newer],
      ],
      [
        [kept, newer, stolen],
        [stolen, kept, newer],
      ],
    ]);
    expect(provenByAll.endedByProvider).toBeUndefined();
  });

  it("R47 a push key: its signatures count no more", () => {
    const { credential, signed } = aPushKey();
    const claim = "step-up" as const;
    const pushing = withCredential(undefined, { owner, claim, device: stolen, wanted: credential }, now);
    const challenge = Buffer.alloc(32, 1);
    expect(checkSignature(pushing, challenge, signed(challenge))).toEqual({ device: stolen });
    expect(checkSignature(endedOf(pushing), challenge, signed(challenge))).toBeUndefined();
  });

  it("R17 R47 a suspended device's: let in again it has nothing, and may prove the account", () => {
    const suspended = withSuspended(both, stolen) ?? expect.fail();
    const ended = endedOf(suspended, stolen);
    expect(withResumed(ended, stolen)).toBeUndefined();
    expect(devicesIn(issued(ended, stolen))).toEqual([kept, stolen]);
  });

  it("R17 R47 a revoked device's stays shut out", () => {
    const revoked = withoutHolder(both, { owner, device: stolen }, now) ?? expect.fail();
    expect(refusalOf(() => issued(endedOf(revoked), stolen)).kind).toBe("device-revoked");
  });

  it("R47 nothing, where there was nothing, or all was so already", () => {
    const ended = endedOf(both);
    expect([
      withEndedByProvider(both, newer, now),
      withEndedByProvider(ended, undefined, now),
      withEndedByProvider(ended, stolen, now),
    ]).toEqual([undefined, undefined, undefined]);
  });

  it("R47 also what nobody holds any more: a renewal must not bring it back", () => {
    const nobodys: AccountCredentials = { owner, holders: [], ended: [], failures: noFailures };
    expect(renewers(endedOf(nobodys))).toEqual([]);
  });

  it("R20 R47 nothing of it is left to the next owner of the account", () => {
    const claim = "provider" as const;
    const wanted = { type: "code" as const, secret };
    const moved = withCredential(
      endedOf(both),
      { owner: anOwnerId("ben"), claim, device: newer, wanted },
      now,
    );
    expect(moved.endedByProvider).toBeUndefined();
  });
});

const account = aBound();
const provider: Provider = { clientId: "app", accounts: [{ issuer: account.issuer }] };

async function aScene() {
  const stores = memoryStores();
  await putRecord(stores.owners, owner, aRecord({ contacts: [aContact()] }));
  await stores.credentials.put(account, both, undefined);
  const held = async () => (await stores.credentials.find(account))?.value;
  const told = () => stores.outbox.items.map(({ item, owner }) => [owner, Object(item).activity.kind]);
  const ports = { ...stores, findForProvider: stores.credentials.find };
  const end = (change: Partial<Parameters<typeof endForProvider>[0]> = {}, by = provider) =>
    endForProvider({ ...ports, ...change }, by, { account }, now);
  return { ...stores, held, told, end };
}

describe("R18 R47 a provider ends", () => {
  it("R18 R47 nothing while the holder can't be told; repeated, it is told once, and done", async () => {
    const { outbox, held, told, end, credentials } = await aScene();
    outbox.broken = storageSilent();
    expect(await kindFrom(end)).toBe("storage-unavailable");
    expect(await held()).toEqual(both);
    outbox.broken = undefined;
    const silent = { find: credentials.find, put: () => Promise.reject(storageSilent()) };
    expect(await kindFrom(() => end({ credentials: silent }))).toBe("storage-unavailable");
    await end();
    await end();
    expect(devicesIn((await held()) ?? expect.fail())).toEqual([]);
    expect(told()).toEqual(Array(2).fill([owner, "credentials-ended"]));
    expect(new Set(outbox.items.map(({ item }) => Object(item).activity.id)).size).toBe(1);
  });

  it("R18 R47 no credentials of an owner who came meanwhile, before that one is told, too", async () => {
    const { credentials, held, told, end } = await aScene();
    const ben = anOwnerId("ben");
    const taken = { owner: ben, claim: "provider" as const, device: newer };
    const moved = withCredential(both, { ...taken, wanted: { type: "code", secret } }, now);
    let isMoved = false;
    const put: typeof credentials.put = async (key, value, replaces) => {
      const before = await credentials.find(key);
      if (!isMoved) await credentials.put(key, moved, before?.etag);
      isMoved = true;
      return await credentials.put(key, value, replaces);
    };
    await end({ credentials: { find: credentials.find, put } });
    expect({ owner: (await held())?.owner, devices: devicesIn((await held()) ?? expect.fail()) }).toEqual({
      owner: ben,
      devices: [],
    });
    expect(told()).toEqual([
      [owner, "credentials-ended"],
      [ben, "credentials-ended"],
    ]);
  });

  it("R33 R47 nothing of an account that it doesn't answer for, and looks nothing up", async () => {
    const { held, told, end } = await aScene();
    const findForProvider = () => expect.fail("looked up");
    const elsewhere = { clientId: "app", accounts: [{ issuer: "https://other.example" }] };
    expect(await kindFrom(() => end({ findForProvider }, elsewhere))).toBe("account-not-yours");
    expect([await held(), told()]).toEqual([both, []]);
  });
});
