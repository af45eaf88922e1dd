/** The laws of a HeadStore, on memory and on Blob Storage. */
import type { Head } from "../../lib/domain/head.ts";
import { otherPlatform, type Place } from "../../lib/domain/owner.ts";
import { aHead, now } from "../domain/builders.ts";
import { MemoryHeads } from "../domain/memory-stores.ts";
import { aNewOwner, aNewPlace } from "./contracts.ts";
import { anInstance } from "./instances.ts";
import { type Samples, storeContract } from "./store-contract.ts";
import { ownContainer } from "./targets.ts";

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
