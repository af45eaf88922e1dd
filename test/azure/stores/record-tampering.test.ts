/** Damage to owners, bodies, recoveries, credentials and tickets is noticed, and all refusals look alike. */
import { beforeAll, describe, expect, it } from "vitest";
import { shardOf } from "../../../lib/azure/keys/blob-shard-keys.ts";
import type { StoredBlob } from "../../../lib/azure/stores/blobs.ts";
import { credentialName } from "../../../lib/azure/stores/record-stores.ts";
import type { Version } from "../../../lib/domain/backup/head.ts";
import { readRecord } from "../../../lib/domain/owner/owner-store.ts";
import type { BackupKey, OwnerId } from "../../../lib/domain/owner.ts";
import { aDeviceId, aHead, anId, anOwnerId, aRecord, aState, aVersion } from "../../domain/builders.ts";
import { openVersionIn, putVersionIn } from "../../support/open-version.ts";
import { putOwner, putRecord } from "../../support/owners.ts";
import { damagesOf, damagesOfBlob, holding, mixesOf, pairs, partsOf, refused, told } from "../damages.ts";
import { anInstance, type Instance } from "../instances.ts";
import { memoryBlobs } from "../memory-blobs.ts";
import { accountsOf, aFullRecord, aRecoveryRecord, aTicket, someCredentials } from "../samples.ts";

const owners = ["anna", "berit"].map(anOwnerId);
const hashes = ["one", "two"].map((name) => aDeviceId(name));

/** Everything that was written, by name. */
const stored = new Map<string, StoredBlob>();

/** How each blob is read, by name. */
const readers = new Map<string, (instance: Instance) => Promise<unknown>>();

/** Room for one body: the older one is stored beside its owner. */
const INLINE_BYTES = 50;

async function fill(owner: OwnerId): Promise<void> {
  const instance = anInstance(memoryBlobs(stored), { inlineBytes: INLINE_BYTES });
  await fillOwner(instance, owner);
  for (const record of [anId("first"), anId("second")]) {
    const key = { owner, record };
    await instance.recoveries.put(key, aRecoveryRecord(), undefined);
    readers.set(`recoveries/${owner}/${record}`, ({ recoveries }) => recoveries.find(key));
  }
  for (const account of accountsOf(owner)) {
    await instance.credentials.put(account, someCredentials({ owner }), undefined);
    const name = await credentialName(instance.keyedHash, account);
    readers.set(name, ({ credentials }) => credentials.find(account));
  }
  const hash = hashes[owners.indexOf(owner)] ?? expect.fail();
  await instance.tickets.put(hash, aTicket(), undefined);
  readers.set(`tickets/${hash}`, ({ tickets }) => tickets.find(hash));
}

/** An owner with two versions and a record. */
async function fillOwner(instance: Instance, owner: OwnerId): Promise<void> {
  const place: BackupKey = { owner, platform: "android" };
  const put = async (id: string) =>
    (await putVersionIn(instance, place, aVersion({ id: anId(id) }), Buffer.from("content"))).version;
  const older = await put(`older ${owner}`);
  const newer = await put(`newer ${owner}`);
  await putRecord(instance.owners, owner, aFullRecord());
  readers.set(`bodies/${owner}/${older.id}`, (reader) => openVersionIn(reader, place, older));
  readers.set(`owners/${owner}`, async (reader) => [
    await readRecord(reader.owners, owner),
    await openVersionIn(reader, place, newer),
  ]);
}

let shardKeys: string[] = [];
beforeAll(async () => {
  for (const owner of owners) await fill(owner);
  shardKeys = named("shard-keys/");
  expect([...readers.keys()].filter((name) => !stored.has(name))).toEqual([]);
});

const blobOf = (name: string): StoredBlob => stored.get(name) ?? expect.fail(`${name} was not written`);
const named = (kind: string) => [...stored.keys()].filter((name) => name.startsWith(kind));
const read = (name: string, instance: Instance) => told(async () => await readers.get(name)?.(instance));

/** A storage with everything that was written, except for the blobs in `lies`; nothing is cached. */
const instanceOn = (lies: Map<string, StoredBlob>) => {
  const blobs = memoryBlobs(stored);
  return anInstance({ ...blobs, read: async (name) => lies.get(name) ?? (await blobs.read(name)) });
};

const kinds = ["owners/", "bodies/", "recoveries/", "credentials/", "tickets/"];

describe("R39 F8 every byte of every blob matters", () => {
  it.each(kinds)("R39 of %s: content and metadata", async (kind) => {
    const [name = expect.fail()] = named(kind);
    const lies = new Map<string, StoredBlob>();
    const instance = instanceOn(lies);
    expect(await read(name, instance)).toBe("opened");
    for (const damaged of damagesOfBlob(blobOf(name))) {
      lies.set(name, damaged);
      expect(await read(name, instance), JSON.stringify(damaged.metadata)).toBe(refused);
    }
  });

  it("R39 of an owner's key: nothing of theirs opens", async () => {
    const [owner = expect.fail()] = owners;
    const name = `owner-keys/${owner}`;
    const theirs = [...readers.keys()].filter(
      (each) => each.includes(owner) || blobOf(each).metadata["owner"] === owner,
    );
    expect(theirs).toHaveLength(6);
    for (const content of damagesOf(blobOf(name).content)) {
      const instance = instanceOn(new Map([[name, holding(blobOf(name), content)]]));
      for (const each of theirs) expect(await read(each, instance)).toBe(refused);
    }
  });

  it("R39 of a shard key: content and metadata", async () => {
    const [owner = expect.fail()] = owners;
    const name = `shard-keys/${shardOf(owner)}`;
    for (const lie of damagesOfBlob(blobOf(name))) {
      expect(await read(`owners/${owner}`, instanceOn(new Map([[name, lie]])))).toBe(refused);
    }
  });
});

describe("R39 F9 no blob stands for another", () => {
  it("R39 any two swapped, between owners, accounts and kinds: both are refused", async () => {
    const swaps = pairs([...readers.keys()]);
    expect(swaps).toHaveLength((14 * 13) / 2);
    for (const [a, b] of swaps) {
      const instance = instanceOn(
        new Map([
          [a, blobOf(b)],
          [b, blobOf(a)],
        ]),
      );
      expect(await read(a, instance), `${a} ${b}`).toBe(refused);
      expect(await read(b, instance), `${b} ${a}`).toBe(refused);
    }
  });

  it("R39 any two whose contents are swapped and whose metadata is left", async () => {
    for (const [a, b] of pairs([...readers.keys()])) {
      const [first, second] = [blobOf(a), blobOf(b)];
      const lies = new Map([
        [a, holding(first, second.content)],
        [b, holding(second, first.content)],
      ]);
      expect(await read(a, instanceOn(lies))).toBe(refused);
      expect(await read(b, instanceOn(lies))).toBe(refused);
    }
  });

  it("R39 two owners' keys, or two shards' keys swapped", async () => {
    const [anna = "", berit = ""] = owners.map((owner) => `owner-keys/${owner}`);
    const instance = instanceOn(
      new Map([
        [anna, blobOf(berit)],
        [berit, blobOf(anna)],
      ]),
    );
    const ofOwners = [...readers.keys()].filter((name) => !name.startsWith("tickets/"));
    for (const name of ofOwners) expect(await read(name, instance)).toBe(refused);
    expect(shardKeys).toHaveLength(4);
    for (const [a, b] of pairs(shardKeys)) {
      const swapped = instanceOn(
        new Map([
          [a, blobOf(b)],
          [b, blobOf(a)],
        ]),
      );
      const outcomes = await Promise.all(kinds.flatMap(named).map((name) => read(name, swapped)));
      expect(outcomes).toContain(refused);
      expect(new Set([...outcomes, "opened", refused]).size).toBe(2);
    }
  });

  it.each([
    ["two times of one owner", "first", "first"],
    ["two owners", "first", "second"],
  ])("R39 F10 %s don't fit together in any part", async (_, ...names) => {
    const lies = new Map<string, StoredBlob>();
    const instance = anInstance(memoryBlobs(lies));
    const [one, other] = [await aTime(instance, lies, names[0]), await aTime(instance, lies, names[1])];
    expect(partsOf(one.blob).map(({ length }) => length)).toEqual(
      partsOf(other.blob).map(({ length }) => length),
    );
    const mixes = [...mixesOf(one.blob, other.blob)];
    // The lengths are the same in both; state, record and body differ.
    expect(mixes).toHaveLength(2 * (2 ** 3 - 2));
    for (const mixed of mixes) {
      lies.set(one.name, mixed);
      expect(await one.read()).toBe(refused);
    }
    lies.set(one.name, one.blob);
    expect(await one.read()).toBe("opened");
  });

  it("R39 two bodies of one owner swapped: neither opens", async () => {
    const lies = new Map<string, StoredBlob>();
    const instance = anInstance(memoryBlobs(lies));
    const place: BackupKey = { owner: anOwnerId("anna"), platform: "android" };
    const kept: { version: Version }[] = [];
    for (const id of ["one", "two"])
      kept.push(
        await putVersionIn(instance, place, aVersion({ id: anId(id) }), Buffer.from(`content ${id}`)),
      );
    const name = `owners/${place.owner}`;
    const blob = lies.get(name) ?? expect.fail();
    const [lengths, state, record, ...bodies] = partsOf(blob);
    if (!lengths || !state || !record) return expect.fail();
    const outcomes = () =>
      Promise.all(kept.map(({ version }) => told(() => openVersionIn(instance, place, version))));
    expect(await outcomes()).toEqual(["opened", "opened"]);
    lies.set(name, holding(blob, Buffer.concat([lengths, state, record, ...bodies.toReversed()])));
    expect(await outcomes()).toEqual([refused, refused]);
  });
});

let times = 0;

/** A time of the owner: another record and another body each, all of one size. */
async function aTime(instance: Instance, stored: Map<string, StoredBlob>, subject: string) {
  const place: BackupKey = { owner: anOwnerId(subject), platform: "android" };
  times += 1;
  const unsealed = aVersion({ id: anId(`time ${times}`) });
  const { wrapping, sealed } = await instance.versions.seal(place, unsealed, Buffer.from("content"));
  const version = { ...unsealed, ...wrapping };
  const state = aState(aHead({ versions: [version] }));
  const record = aRecord({ endedDevices: [aDeviceId(`time ${times}`)] });
  await putOwner(instance.owners, place.owner, () => ({ state, record, body: { id: version.id, sealed } }));
  const name = `owners/${place.owner}`;
  const read = () =>
    told(async () => {
      await readRecord(instance.owners, place.owner);
      await openVersionIn(instance, place, version);
    });
  return { name, blob: stored.get(name) ?? expect.fail(), read };
}
