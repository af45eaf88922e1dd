/** Write access to the storage gains nothing: any damage is noticed, and all refusals look alike. */

import { beforeAll, describe, expect, it } from "vitest";
import type { Blobs, StoredBlob } from "../../../lib/azure/stores/blobs.ts";
import type { BackupDocument } from "../../../lib/domain/backup/document.ts";
import type { Version } from "../../../lib/domain/backup/head.ts";
import { HOUR } from "../../../lib/domain/clock.ts";
import { headIn } from "../../../lib/domain/owner/owner-state.ts";
import { type BackupKey, Platform } from "../../../lib/domain/owner.ts";
import type { WrappingKeys } from "../../../lib/domain/sealing/seal.ts";
import { typeOf } from "../../../lib/http/problems/problem.ts";
import type { Services } from "../../../lib/http/services.ts";
import { expectErased } from "../../functions/erasure-scene.ts";
import { anOwnerWithBackup, refused as refusedAs, register } from "../../functions/helpers.ts";
import { anApp } from "../../support/app.ts";
import { aBackup, aLargeBackup, nothingYet, replacing } from "../../support/builders.ts";
import { openVersionIn } from "../../support/open-version.ts";
import { anOwner, aPhone, type CheckedPhone, signInAt } from "../../support/phones.ts";
import { anAppToWatch, recover } from "../../support/step-up.ts";
import { expectSuccess } from "../../support/succeeded.ts";
import { placeOf } from "../../support/sweeping.ts";
import { damagesOf, damagesOfBlob, holding, pairs, refused, told } from "../damages.ts";

/** `blob`: the one that holds its body. */
type Uploaded = { place: BackupKey; version: Version; blob: string };

/** Everything stored of two owners, by name. Each has some bodies in the owner's blob and some beside it. */
const stored = new Map<string, StoredBlob>();
const versions: Uploaded[] = [];

const recording = (blobs: Blobs): Blobs => ({
  ...blobs,
  async read(name) {
    const blob = await blobs.read(name);
    if (blob) stored.set(name, blob);
    return blob;
  },
});

/** Uploads one after the other; returns what the next one replaces. */
async function upload(
  phone: CheckedPhone,
  documents: BackupDocument[],
  headers: Record<string, string> = nothingYet,
): Promise<Record<string, string>> {
  const [body, ...others] = documents;
  if (!body) return headers;
  const reply = await phone.call("PUT", `v1/backups/${phone.platform}?custody=service`, { body, headers });
  expectSuccess(reply);
  return await upload(phone, others, replacing(reply));
}

async function record(subject: string) {
  const app = anApp();
  const android = await aPhone({ app, owner: subject });
  const ios = await aPhone({ app, owner: subject, platform: "ios" });
  const first = await upload(android, [aBackup(), aBackup()]);
  await register(ios);
  await upload(ios, [aBackup(), aLargeBackup()]);
  await upload(android, [aBackup(), aBackup()], first);
  const { owner } = placeOf(subject);
  const reader = anApp({ through: recording }).services;
  const state = (await reader.owners.find(owner))?.state;
  for (const platform of Platform.options) {
    const place = { owner, platform };
    for (const version of headIn(state, platform)?.value.versions ?? []) {
      await openVersionIn(reader, place, version);
      const beside = `bodies/${owner}/${version.id}`;
      versions.push({ place, version, blob: stored.has(beside) ? beside : `owners/${owner}` });
    }
  }
}

beforeAll(async () => {
  await Promise.all([record(anOwner()), record(anOwner())]);
  expect({
    owners: named("owners/").length,
    bodies: named("bodies/").length,
    ownerKeys: named("owner-keys/").length,
    inside: inside().length,
    beside: beside().length,
  }).toEqual({ owners: 2, bodies: 8, ownerKeys: 2, inside: 4, beside: 8 });
});

const named = (kind: string) => [...stored.keys()].filter((name) => name.startsWith(kind));
const inside = () => versions.filter(({ blob }) => blob.startsWith("owners/"));
const beside = () => versions.filter(({ blob }) => blob.startsWith("bodies/"));
const ofOwner = (name: string) => versions.filter(({ place }) => name.endsWith(place.owner));
const blobOf = (name: string): StoredBlob => stored.get(name) ?? expect.fail(`${name} was not recorded`);

/** Caches unwrapped keys, so that opening one version thousands of times asks the vault once. */
const unwrapped = new Map<string, Promise<Uint8Array>>();
const askedOnce = (keys: WrappingKeys): WrappingKeys => ({
  current: (owner) => keys.current(owner),
  isCurrent: (id) => keys.isCurrent(id),
  findNewest: () => keys.findNewest(),
  unwrap(id, wrapped) {
    const name = Buffer.from(wrapped).toString("base64");
    const answer = unwrapped.get(name) ?? keys.unwrap(id, wrapped);
    unwrapped.set(name, answer);
    return answer;
  },
});

/** A storage with everything that was recorded, except for the blobs in `lies`; nothing is cached. */
const appOn = (lies: Record<string, StoredBlob | undefined>) =>
  anApp({
    keys: askedOnce,
    through: (blobs) => ({ ...blobs, read: async (name) => (name in lies ? lies[name] : stored.get(name)) }),
  }).services;

const find = (services: Services, { place }: Uploaded) => told(() => services.owners.find(place.owner));
const open = (services: Services, { place, version }: Uploaded) =>
  told(() => openVersionIn(services, place, version));

describe("R39 F8 every byte of every blob matters", () => {
  it("R39 of an owner: content and metadata", async () => {
    const [name = ""] = named("owners/");
    const [first, second] = inside().filter(({ blob }) => blob === name);
    if (!first || !second) return expect.fail();
    const lies: Record<string, StoredBlob> = {};
    const services = appOn(lies);
    expect({ first: await open(services, first), second: await open(services, second) }).toEqual({
      first: "opened",
      second: "opened",
    });
    for (const damaged of damagesOfBlob(blobOf(name))) {
      lies[name] = damaged;
      // Each body opens by itself; a damaged one doesn't.
      const outcomes = [await open(services, first)];
      if (outcomes[0] === "opened") outcomes.push(await open(services, second));
      expect(outcomes).toContain(refused);
    }
  }, 60_000);

  it("R39 of a body beside its owner", async () => {
    const kept = beside().find(({ version }) => version.sizeBytes < 2000) ?? expect.fail();
    const lies: Record<string, StoredBlob> = {};
    const services = appOn(lies);
    expect(await open(services, kept)).toBe("opened");
    for (const content of damagesOf(blobOf(kept.blob).content)) {
      lies[kept.blob] = holding(blobOf(kept.blob), content);
      expect(await open(services, kept)).toBe(refused);
    }
  });

  it("R39 of an owner's key", async () => {
    const [name = ""] = named("owner-keys/");
    const [kept = expect.fail()] = ofOwner(name);
    const key = blobOf(name);
    const lies = [...damagesOf(key.content)].map((content) => holding(key, content));
    for (const lie of [...lies, undefined]) {
      const services = appOn({ [name]: lie });
      expect({ found: await find(services, kept), opened: await open(services, kept) }).toEqual({
        found: refused,
        opened: refused,
      });
    }
  });
});

describe("R39 F9 no blob stands for another", () => {
  const swapped = (a: string, b: string) => appOn({ [a]: blobOf(b), [b]: blobOf(a) });

  it.each(["owners/", "owner-keys/"])(
    "R39 two of %s swapped: neither owner is found, and nothing opens",
    async (kind) => {
      const [a = "", b = ""] = named(kind);
      const services = swapped(a, b);
      for (const kept of versions)
        expect({ found: await find(services, kept), opened: await open(services, kept) }).toEqual({
          found: refused,
          opened: refused,
        });
    },
  );

  it("R39 two bodies beside their owners swapped, between owners, platforms or generations", async () => {
    for (const [a, b] of pairs(beside())) {
      const services = swapped(a.blob, b.blob);
      expect({ a: await open(services, a), b: await open(services, b) }).toEqual({ a: refused, b: refused });
    }
  });

  it("R39 a missing body or owner opens nothing", async () => {
    const [kept = expect.fail()] = beside();
    expect(await open(appOn({ [kept.blob]: undefined }), kept)).toBe(refused);
    expect(await open(appOn({ [`owners/${kept.place.owner}`]: undefined }), kept)).toBe(refused);
  });
});

const BACKUP = "v1/backups/android";
const ERASING = "v1/me?confirm=erase-everything";

/** What is written instead of an owner's blob, or its key. */
const harms: [string, "owners" | "owner-keys", (blob: StoredBlob) => StoredBlob | undefined][] = [
  ["a changed state", "owners", (blob) => holding(blob, flipped(blob.content, 100))],
  ["a changed body", "owners", (blob) => holding(blob, flipped(blob.content, blob.content.length - 1))],
  ["a blob cut short", "owners", (blob) => holding(blob, blob.content.subarray(0, -1))],
  ["a blob extended", "owners", (blob) => holding(blob, Buffer.concat([blob.content, Buffer.alloc(1)]))],
  [
    "a later time to be looked at",
    "owners",
    (blob) => ({ ...blob, metadata: { ...blob.metadata, dueat: "2999" } }),
  ],
  [
    "no word of its keys",
    "owners",
    ({ metadata: { kids: _, ...metadata }, ...blob }) => ({ ...blob, metadata }),
  ],
  ["a key that is gone", "owner-keys", () => undefined],
  ["a key cut short", "owner-keys", (blob) => holding(blob, blob.content.subarray(1))],
  [
    "a time of erasure that is none",
    "owner-keys",
    (blob) => ({ ...holding(blob, flipped(blob.content, 0)), metadata: { eraseat: "now" } }),
  ],
  ["a changed key", "owner-keys", (blob) => holding(blob, flipped(blob.content, 0))],
];

function flipped(content: Buffer, at: number): Buffer {
  const changed = Buffer.from(content);
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
}

describe.concurrent("R39 damage that was written", () => {
  it.each(harms)(
    "R31 R35 R39 %s: nothing is handed out, a diagnosis tells it, and the owner can be erased",
    async (harm, kind, change) => {
      const homes = new Map<string, Blobs>();
      const through = (blobs: Blobs, container: string) => {
        homes.set(container, blobs);
        return blobs;
      };
      const watched = anAppToWatch({ through });
      const { owner, phone } = await anOwnerWithBackup({ app: watched.app });
      const name = `${kind}/${placeOf(owner).owner}`;
      const home = homes.get(kind === "owners" ? "backups" : "keys");
      const blob = (await home?.read(name)) ?? expect.fail();
      const changed = change(blob);
      if (changed) expect(await home?.write(name, changed, blob.etag)).toBeDefined();
      else await home?.delete(name);
      phone.through(watched.another().fetch);
      refusedAs(await recover(phone), "backup-unreadable");
      const { body } = await phone.call("POST", `${BACKUP}/diagnosis`, { body: {} });
      expect(body).toMatchObject({ recoverable: false });
      expect(JSON.stringify(body)).toContain(typeOf("backup-unreadable"));
      const asked = await phone.call("DELETE", ERASING);
      // A damaged body alone doesn't stop the request to erase.
      if (harm === "a changed body") return expect(asked.status).toBe(204);
      expect(asked.status).toBe(202);
      watched.clock.pass(72 * HOUR);
      await phone.signIn(owner, signInAt(watched.clock.now()));
      expect((await phone.call("DELETE", ERASING)).status).toBe(204);
      await expectErased(owner, { hadContact: true });
    },
  );
});
