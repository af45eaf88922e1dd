/** Records, recoveries, credentials and tickets: a changed, cut or swapped blob is noticed, and all look alike. */
import { beforeAll, describe, expect, it } from "vitest";
import { shardOf } from "../../lib/azure/blob-shard-keys.ts";
import type { Blobs, StoredBlob } from "../../lib/azure/blobs.ts";
import type { OwnerId, Place } from "../../lib/domain/owner.ts";
import { aDeviceId, aHead, anId, anOwnerId, aVersion } from "../domain/builders.ts";
import { openVersionIn } from "../support/open-version.ts";
import { damagesOf, metadataDamagesOf, pairs, refused, told } from "./damages.ts";
import { anInstance, type Instance } from "./instances.ts";
import { accountsOf, aFullRecord, aRecoveryRecord, aTicket, someCredentials } from "./samples.ts";

const owners = ["anna", "berit"].map(anOwnerId);
const hashes = ["one", "two"].map((name) => aDeviceId(name));

/** All that was written, by name. */
const stored = new Map<string, StoredBlob>();
const writing: Blobs = {
  read: async (name) => stored.get(name),
  async write(name, { content, metadata = {} }) {
    const etag = `"${stored.size}"`;
    stored.set(name, { content, metadata, etag });
    return etag;
  },
  append: async () => expect.fail("appended"),
  countUpTo: async () => expect.fail("appended"),
  readFrom: async () => Buffer.alloc(0),
  delete: async () => expect.fail("deleted"),
  writeMetadata: async () => expect.fail("rewritten"),
  list: async () => expect.fail("listed"),
};

/** How each blob is read, by name. */
const readers = new Map<string, (instance: Instance) => Promise<unknown>>();

async function fill(owner: OwnerId): Promise<void> {
  const instance = anInstance(writing);
  const before = new Set(stored.keys());
  const add = async (put: Promise<unknown>, read: (instance: Instance) => Promise<unknown>) => {
    await put;
    const names = [...stored.keys()].filter((name) => !before.has(name) && !/^(owner|shard)-keys/.test(name));
    const name = names.find((each) => !readers.has(each)) ?? expect.fail("nothing was written");
    readers.set(name, read);
  };
  const place: Place = { owner, platform: "android" };
  const version = aVersion({ id: anId(owner) });
  await add(instance.heads.put(place, aHead(), undefined), ({ heads }) => heads.find(place));
  await add(instance.versions.put(place, version, Buffer.from("content")), ({ versions }) =>
    openVersionIn(versions, place, version),
  );
  await add(instance.records.put(owner, aFullRecord(), undefined), ({ records }) => records.find(owner));
  for (const id of [anId("first"), anId("second")]) {
    const put = instance.recoveries.put({ owner, id }, aRecoveryRecord(), undefined);
    await add(put, ({ recoveries }) => recoveries.find({ owner, id }));
  }
  for (const account of accountsOf(owner)) {
    const put = instance.credentials.put(account, someCredentials({ owner }), undefined);
    await add(put, ({ credentials }) => credentials.find(account));
  }
  const hash = hashes[owners.indexOf(owner)] ?? expect.fail();
  await add(instance.tickets.put(hash, aTicket(), undefined), ({ tickets }) => tickets.find(hash));
}

let shardKeys: string[] = [];
beforeAll(async () => {
  for (const owner of owners) await fill(owner);
  shardKeys = named("shard-keys/");
});

const blobOf = (name: string): StoredBlob => stored.get(name) ?? expect.fail(`${name} was not written`);
const named = (kind: string) => [...stored.keys()].filter((name) => name.startsWith(kind));
const read = (name: string, instance: Instance) => told(async () => await readers.get(name)?.(instance));

/** A storage that holds what was written, but for the blobs in `lies`; nothing is cached from before. */
const instanceOn = (lies: Map<string, StoredBlob>) =>
  anInstance({ ...writing, read: async (name) => lies.get(name) ?? stored.get(name) });

const kinds = ["records/", "recoveries/", "credentials/", "tickets/"];

describe("R39 F8 every byte of every blob matters", () => {
  it.each(kinds)("R39 of %s: content and metadata", async (kind) => {
    const [name = expect.fail()] = named(kind);
    const { content, metadata, etag } = blobOf(name);
    const lies = new Map<string, StoredBlob>();
    const instance = instanceOn(lies);
    expect(await read(name, instance)).toBe("opened");
    for (const damaged of damagesOf(content)) {
      lies.set(name, { content: damaged, metadata, etag });
      expect(await read(name, instance)).toBe(refused);
    }
    for (const damaged of metadataDamagesOf(metadata)) {
      lies.set(name, { content, metadata: damaged, etag });
      expect(await read(name, instance), JSON.stringify(damaged)).toBe(refused);
    }
  });

  it("R39 of an owner's key: nothing of theirs opens", async () => {
    const [owner = expect.fail()] = owners;
    const name = `owner-keys/${owner}`;
    const theirs = [...readers.keys()].filter(
      (each) => each.includes(owner) || blobOf(each).metadata["owner"] === owner,
    );
    expect(theirs).toHaveLength(7);
    for (const content of damagesOf(blobOf(name).content)) {
      const instance = instanceOn(new Map([[name, { ...blobOf(name), content }]]));
      for (const each of theirs) expect(await read(each, instance)).toBe(refused);
    }
  });

  it("R39 of a shard key: content and metadata", async () => {
    const [owner = expect.fail()] = owners;
    const [record, name] = [`records/${owner}`, `shard-keys/${shardOf(owner)}`];
    const { content, metadata, etag } = blobOf(name);
    const lies = [
      ...[...damagesOf(content)].map((damaged) => ({ content: damaged, metadata, etag })),
      ...[...metadataDamagesOf(metadata)].map((damaged) => ({ content, metadata: damaged, etag })),
    ];
    for (const lie of lies) expect(await read(record, instanceOn(new Map([[name, lie]])))).toBe(refused);
  });
});

describe("R39 F9 no blob stands for another", () => {
  it("R39 any two swapped, between owners, accounts and kinds: both are refused", async () => {
    const swaps = pairs([...readers.keys()]);
    expect(swaps).toHaveLength((16 * 15) / 2);
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
        [a, { ...first, content: second.content }],
        [b, { ...second, content: first.content }],
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
});
