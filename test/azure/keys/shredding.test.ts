/** After an erasure nothing opens, even with a copy of every backups blob, the vault and the keys account. */
import { expect, inject, it } from "vitest";
import type { Blobs, StoredBlob } from "../../../lib/azure/stores/blobs.ts";
import { readRecord } from "../../../lib/domain/owner/owner-store.ts";
import { ownerIdOf } from "../../../lib/domain/owner.ts";
import { nothingIfUnreadable } from "../../../lib/domain/sealing/seal.ts";
import { anOwnerWithBackup } from "../../functions/helpers.ts";
import { type App, anApp } from "../../support/app.ts";
import { aBackup, aLargeBackup, replacing } from "../../support/builders.ts";
import { openVersionIn } from "../../support/open-version.ts";
import { headOf } from "../../support/owners.ts";
import { anAppToWatch, aRecovery, bound, proven, type Recovery } from "../../support/step-up.ts";

const BACKUP = "v1/backups/android";

/**
 * Copies the last state of every blob in the backups account, like somebody who copies everything written.
 */
function aCopier() {
  const copies = new Map<string, StoredBlob>();
  const through = (blobs: Blobs, container: string): Blobs => {
    const kept = async <T>(name: string, written: T): Promise<T> => {
      const blob = container === "backups" ? await blobs.read(name) : undefined;
      if (blob) copies.set(name, blob);
      return written;
    };
    return {
      ...blobs,
      write: async (name, ...rest) => kept(name, await blobs.write(name, ...rest)),
      append: async (name, ...rest) => kept(name, await blobs.append(name, ...rest)),
    };
  };
  return { copies, through };
}

/** The app, on a storage that still holds everything ever copied. */
const reading = (copies: Map<string, StoredBlob>): App =>
  anApp({
    through: (blobs, container) =>
      container === "keys"
        ? blobs
        : {
            ...blobs,
            read: async (name) => copies.get(name) ?? (await blobs.read(name)),
            readStart: async (name, bytes) => copies.get(name) ?? (await blobs.readStart(name, bytes)),
            readFrom: async (name, at) =>
              copies.get(name)?.content.subarray(at) ?? (await blobs.readFrom(name, at)),
          },
  });

const idOf = (subject: string) => ownerIdOf({ issuer: inject("surroundings").issuer, subject });

type Opening = (services: App["services"]) => Promise<unknown>;

/** For each blob, the way to open it. */
async function openingsOf({ owner, personal, watched }: Recovery, copies: Map<string, StoredBlob>) {
  const id = idOf(owner);
  const place = { owner: id, platform: "android" as const };
  const named = (await headOf(watched.app.services.owners, place))?.value.versions ?? [];
  const byKind: Record<string, (name: string) => Opening> = {
    owners:
      () =>
      async ({ owners }) =>
        await readRecord(owners, id),
    bodies: (name) => async (services) => {
      const version = named.find((each) => name.endsWith(each.id)) ?? expect.fail(name);
      return await openVersionIn(services, place, version);
    },
    recoveries:
      (name) =>
      async ({ recoveries }) =>
        await recoveries.find({ owner: id, record: name.split("/").at(-1) ?? "" }),
    credentials:
      () =>
      async ({ credentials }) =>
        await credentials.find(bound(personal)),
    activity:
      () =>
      async ({ activity }) =>
        (await activity.read(id)).entries,
  };
  const newest = (services: App["services"]) =>
    openVersionIn(services, place, named[0] ?? expect.fail("no version"));
  const openings = [...copies.keys()].map((name) => ({
    name,
    open: byKind[name.split("/")[0] ?? ""]?.(name) ?? expect.fail(`nothing opens ${name}`),
  }));
  return [...openings, { name: `owners/${id}, its newest body`, open: newest }];
}

async function aLife() {
  const { copies, through } = aCopier();
  const watched = anAppToWatch({ through });
  const scene = await aRecovery({ watched });
  await proven(scene);
  for (const body of [aLargeBackup(), aBackup()]) {
    const headers = replacing(await scene.old.call("GET", BACKUP));
    expect((await scene.old.call("PUT", BACKUP, { body, headers })).status).toBe(200);
  }
  const { activity } = watched.app.services;
  for (const each of watched.told()) await activity.append(idOf(scene.owner), each.activity);
  return { scene, copies };
}

it("R35 F18 copies of owners, bodies, recoveries, credentials and the log open before an erasure, and none after it", async () => {
  const { scene, copies } = await aLife();
  const openings = await openingsOf(scene, copies);
  expect(new Set(openings.map(({ name }) => name.split("/")[0])).size).toBe(5);
  const before = reading(copies).services;
  for (const { name, open } of openings) expect(await open(before), name).not.toEqual([]);

  const copied = new Map(copies);
  const expectClosed = async (when: string) => {
    const { services } = reading(copied);
    for (const { name, open } of openings)
      expect((await open(services).catch(nothingIfUnreadable)) ?? [], `${name} ${when}`).toEqual([]);
  };
  expect((await scene.phone.call("DELETE", "v1/me?confirm=erase-everything")).status).toBe(204);
  await expectClosed("after it");
  await anOwnerWithBackup({ owner: scene.owner, app: scene.watched.another() });
  await expectClosed("when the owner has begun anew");
});
