/** Whoever can write to the storage gains nothing: a changed, cut, swapped or missing blob is noticed, and all look alike. */
import { beforeAll, describe, expect, inject, it } from "vitest";
import type { Blobs, StoredBlob } from "../../lib/azure/blobs.ts";
import type { Version } from "../../lib/domain/head.ts";
import { ownerIdOf, type Place, Platform } from "../../lib/domain/owner.ts";
import { anApp } from "../support/app.ts";
import { aBackup, nothingYet, replacing } from "../support/builders.ts";
import { openVersionIn } from "../support/open-version.ts";
import { anOwner, aPhone } from "../support/phones.ts";
import { damagesOf, metadataDamagesOf, pairs, refused, told } from "./damages.ts";

/** All that two owners with two versions on each platform have in storage, by name. */
const stored = new Map<string, StoredBlob>();
const versions: { place: Place; version: Version; blob: string }[] = [];

const recording = (blobs: Blobs): Blobs => ({
  ...blobs,
  async read(name) {
    const blob = await blobs.read(name);
    if (blob) stored.set(name, blob);
    return blob;
  },
});

async function record(subject: string) {
  const { issuer } = inject("surroundings");
  const owner = ownerIdOf({ issuer, subject });
  for (const platform of Platform.options) {
    const app = anApp();
    const phone = await aPhone({ app, owner: subject, platform });
    await phone.call("POST", "v1/devices", { body: { platform, name: "phone" } });
    const path = `v1/backups/${platform}?custody=service`;
    const first = await phone.call("PUT", path, { body: aBackup(), headers: nothingYet });
    await phone.call("PUT", path, { body: aBackup(), headers: replacing(first) });
    const place = { owner, platform };
    const reader = anApp({ through: recording }).services;
    for (const version of (await reader.heads.find(place))?.value.versions ?? []) {
      await openVersionIn(reader.versions, place, version);
      versions.push({ place, version, blob: `versions/${owner}/${platform}/${version.id}` });
    }
  }
}

beforeAll(async () => {
  await Promise.all([record(anOwner()), record(anOwner())]);
  const kinds = [...stored.keys()].map((name) => name.split("/")[0]);
  expect(kinds.filter((kind) => kind === "heads")).toHaveLength(4);
  expect(kinds.filter((kind) => kind === "versions")).toHaveLength(8);
  expect(kinds.filter((kind) => kind === "owner-keys")).toHaveLength(2);
});

/** A storage that holds what was recorded, but for the blobs in `lies`; nothing is cached from before. */
const appOn = (lies: Record<string, StoredBlob | undefined>) =>
  anApp({
    through: (blobs) => ({ ...blobs, read: async (name) => (name in lies ? lies[name] : stored.get(name)) }),
  }).services;

const blobOf = (name: string): StoredBlob => stored.get(name) ?? expect.fail(`${name} was not recorded`);

describe("R39 F8 every byte of every blob matters", () => {
  it("R39 of a head: content and metadata", async () => {
    const place = versions[0]?.place ?? expect.fail();
    const name = `heads/${place.owner}/${place.platform}`;
    const { content, metadata, etag } = blobOf(name);
    let lie = blobOf(name);
    const { heads } = anApp({
      through: (blobs) => ({ ...blobs, read: async (asked) => (asked === name ? lie : stored.get(asked)) }),
    }).services;
    expect(await told(() => heads.find(place))).toBe("opened");
    for (const damaged of damagesOf(content)) {
      lie = { content: damaged, metadata, etag };
      expect(await told(() => heads.find(place))).toBe(refused);
    }
    for (const damaged of metadataDamagesOf(metadata)) {
      lie = { content, metadata: damaged, etag };
      expect(await told(() => heads.find(place))).toBe(refused);
    }
  });

  it("R39 of a version: content and metadata", async () => {
    const { place, version, blob: name } = versions[0] ?? expect.fail();
    const { content, metadata, etag } = blobOf(name);
    let lie = blobOf(name);
    const { versions: store } = anApp({
      through: (blobs) => ({ ...blobs, read: async (asked) => (asked === name ? lie : stored.get(asked)) }),
    }).services;
    const open = () => told(() => openVersionIn(store, place, version));
    expect(await open()).toBe("opened");
    const lies = [
      ...[...damagesOf(content)].map((damaged) => ({ content: damaged, metadata, etag })),
      ...[...metadataDamagesOf(metadata)].map((damaged) => ({ content, metadata: damaged, etag })),
    ];
    for (lie of lies) expect(await open()).toBe(refused);
  });

  it("R39 of an owner's key", async () => {
    const { place, version } = versions[0] ?? expect.fail();
    const name = `owner-keys/${place.owner}`;
    const key = blobOf(name);
    for (const content of damagesOf(key.content)) {
      const { heads, versions: store } = appOn({ [name]: { ...key, content } });
      expect(await told(() => heads.find(place))).toBe(refused);
      expect(await told(() => openVersionIn(store, place, version))).toBe(refused);
    }
    const { heads } = appOn({ [name]: undefined });
    expect(await told(() => heads.find(place))).toBe(refused);
  });
});

describe("R39 F9 no blob stands for another", () => {
  const named = (kind: string) => [...stored.keys()].filter((name) => name.startsWith(kind));
  const swapped = (a: string, b: string) => appOn({ [a]: blobOf(b), [b]: blobOf(a) });

  it("R39 two heads swapped between owners or platforms", async () => {
    for (const [a, b] of pairs(named("heads/"))) {
      const { heads } = swapped(a, b);
      for (const { place } of versions.filter((v) =>
        [a, b].includes(`heads/${v.place.owner}/${v.place.platform}`),
      )) {
        expect(await told(() => heads.find(place))).toBe(refused);
      }
    }
  });

  it("R39 two versions swapped between owners, platforms or generations", async () => {
    for (const [a, b] of pairs(versions)) {
      const { versions: store } = swapped(a.blob, b.blob);
      expect(await told(() => openVersionIn(store, a.place, a.version))).toBe(refused);
      expect(await told(() => openVersionIn(store, b.place, b.version))).toBe(refused);
    }
  });

  it("R39 two owners' keys swapped", async () => {
    const [a = "", b = ""] = named("owner-keys/");
    const { heads, versions: store } = swapped(a, b);
    for (const { place, version } of versions) {
      expect(await told(() => heads.find(place))).toBe(refused);
      expect(await told(() => openVersionIn(store, place, version))).toBe(refused);
    }
  });

  it("R39 a version that isn't there looks the same", async () => {
    const { place, version, blob } = versions[0] ?? expect.fail();
    expect(await told(() => openVersionIn(appOn({ [blob]: undefined }).versions, place, version))).toBe(
      refused,
    );
  });
});
