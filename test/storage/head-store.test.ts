/** The laws of a HeadStore, on memory and on Blob Storage. */
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Head } from "../../lib/domain/head.ts";
import { otherPlatform, type Place } from "../../lib/domain/owner.ts";
import { aDevice, aHead, aVersion, now } from "../domain/builders.ts";
import { MemoryHeads } from "../domain/memory-stores.ts";
import { aNewOwner, aNewPlace } from "./contracts.ts";
import { anInstance } from "./instances.ts";
import { type Samples, storeContract } from "./store-contract.ts";
import { type OwnContainer, ownContainer } from "./targets.ts";

const samples: Samples<Place, Head> = {
  aKey: aNewPlace,
  beside: ({ owner, platform }) => [
    { owner, platform: otherPlatform(platform) },
    { owner: aNewOwner(), platform },
  ],
  aValue: (generation) => aHead({ generation }),
  values: [
    aHead({ deletedAt: new Date("2026-05-01") }),
    aHead({ devices: [] }),
    aHead({ versions: [], spentProofs: [{ id: "proof", at: now }] }),
  ],
};

const memory = async () => ({ store: new MemoryHeads(), close: async () => undefined });
storeContract("HeadStore, in memory", memory, samples);

const onBlobs = async () => {
  const { blobs, close } = await ownContainer();
  return { store: anInstance(blobs).heads, close };
};
storeContract("HeadStore, on Blob Storage", onBlobs, samples);

let storage: OwnContainer;
beforeAll(async () => {
  storage = await ownContainer();
});
afterAll(() => storage.close());

it("R39 a head that isn't of the form that is written can't be read", async () => {
  const { heads } = anInstance(storage.blobs);
  const place = aNewPlace();
  await heads.put(place, { ...aHead(), generation: -1 }, undefined);
  await expect(heads.find(place)).rejects.toMatchObject({ kind: "backup-unreadable" });
});

it("R8 what a newer instance writes into a head, an older one reads, and keeps when it writes", async () => {
  const { heads } = anInstance(storage.blobs);
  const place = aNewPlace();
  const later = { invented: "later" };
  const head = { ...aHead(), ...later, versions: [{ ...aVersion(), ...later }] };
  const newer = { ...head, devices: [{ ...aDevice(), ...later }] };
  await heads.put(place, newer, undefined);
  const held = await heads.find(place);
  expect(held?.value).toEqual(newer);
  await heads.put(place, { ...aHead(), ...held?.value, generation: 2 }, held?.etag);
  expect(await heads.find(place)).toMatchObject({ value: { ...newer, generation: 2 } });
});
