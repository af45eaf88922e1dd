/** A storage rolled back, whole or in part, is noticed by the service or by a device that remembers more. */
import { describe, expect, inject, it } from "vitest";
import * as z from "zod";
import type { Platform, Reply } from "../../../infra/local/phone.ts";
import type { Blobs, StoredBlob } from "../../../lib/azure/stores/blobs.ts";
import { headIn } from "../../../lib/domain/owner/owner-state.ts";
import { type BackupKey, ownerIdOf } from "../../../lib/domain/owner.ts";
import { typeOf } from "../../../lib/http/problems/problem.ts";
import { aDeviceId, aRecord } from "../../domain/builders.ts";
import { kindFrom } from "../../domain/refusals.ts";
import { problemIn, refused } from "../../functions/helpers.ts";
import { anApp } from "../../support/app.ts";
import { aBackup, nothingYet, replacing } from "../../support/builders.ts";
import { putRecord } from "../../support/owners.ts";
import { anOwner, aPhone } from "../../support/phones.ts";
import { idIn, recover, recoveredIn } from "../../support/step-up.ts";
import { withPartOf } from "../damages.ts";

/** The parts of an owner's blob. */
const [STATE, RECORD] = [1, 2];
const BACKUP = "v1/backups/android";

/** A storage that remembers every state of a blob, and can be put back to an earlier one. */
function aStorage() {
  const states = new Map<string, StoredBlob[]>();
  const back = new Map<string, number>();
  const homes = new Map<string, Blobs>();
  const earlier = (name: string) => states.get(name)?.[back.get(name) ?? -1];
  const through = (blobs: Blobs): Blobs => ({
    ...blobs,
    read: async (name) => earlier(name) ?? (await blobs.read(name)),
    readStart: async (name, bytes) => earlier(name) ?? (await blobs.readStart(name, bytes)),
    async write(name, blob, replaces) {
      const etag = await blobs.write(name, blob, replaces);
      homes.set(name, blobs);
      const { content, metadata = {} } = blob;
      const state = etag && { content, metadata, etag, size: content.length };
      if (state) states.set(name, [...(states.get(name) ?? []), state]);
      return etag;
    },
  });
  const namesOf = (kind: string) => [...states.keys()].filter((name) => name.startsWith(kind));
  const present = async (name: string) => (await homes.get(name)?.read(name)) ?? expect.fail("never written");
  /** Puts a blob back by an ordinary write, as an attacker would; the service continues from there. */
  const put = async (name: string, blob: StoredBlob) =>
    expect(await homes.get(name)?.write(name, blob, (await present(name)).etag)).toBeDefined();
  const putBack = (name: string) => put(name, states.get(name)?.[0] ?? expect.fail("never written"));
  return { through, states, back, present, put, putBack, namesOf };
}

async function anOwnerOfTwoVersions(platform: Platform = "android") {
  const storage = aStorage();
  const app = anApp({ through: storage.through });
  const subject = anOwner();
  const phone = await aPhone({ owner: subject, app, platform });
  const older = aBackup();
  const path = `v1/backups/${platform}`;
  const first = await phone.call("PUT", path, { body: older, headers: nothingYet });
  const second = await phone.call("PUT", path, { body: aBackup(), headers: replacing(first) });
  const place: BackupKey = {
    owner: ownerIdOf({ issuer: inject("surroundings").issuer, subject }),
    platform,
  };
  const another = () => aPhone({ owner: subject, app, platform });
  return { storage, app, phone, another, place, older, first, second };
}

const envelopeIn = ({ body }: Reply) => z.object({ envelope: z.string() }).parse(body).envelope;

describe("R39 F10 roll-back", () => {
  it("R39 of a body alone: it can't replace another generation's", async () => {
    const { storage, app, place } = await anOwnerOfTwoVersions();
    const { owners, versions } = app.services;
    const held = await owners.find(place.owner);
    const [version, older] = headIn(held?.state, place.platform)?.value.versions ?? [];
    if (!held || !version || !older) return expect.fail();
    const sealed = await held.body(older.id);
    expect(await kindFrom(() => versions.open(place, version, sealed))).toBe("backup-unreadable");
    expect((await versions.open(place, older, sealed)).length).toBe(older.sizeBytes);
    expect(storage.namesOf("bodies/")).toEqual([]);
  });

  it.each([
    ["record", RECORD],
    ["state", STATE],
  ])("R39 a %s that was put back is never blessed by an upload that carries it", async (_, part) => {
    const { storage, app, phone, place, second } = await anOwnerOfTwoVersions();
    const { owners } = app.services;
    for (const name of ["first", "other"])
      await putRecord(owners, place.owner, aRecord({ endedDevices: [aDeviceId(name)] }));
    const name = `owners/${place.owner}`;
    const [older, newer] = storage.states.get(name)?.slice(-2) ?? [];
    const held = await owners.find(place.owner);
    if (!older || !newer || !held) return expect.fail();
    const mixed = withPartOf(newer, older, part);
    expect({ size: mixed.size, isTheSame: mixed.content.equals(newer.content) }).toEqual({
      size: newer.size,
      isTheSame: false,
    });
    await storage.put(name, mixed);
    const reply = await phone.call("PUT", BACKUP, { body: aBackup(), headers: replacing(second) });
    refused(reply, "backup-unreadable");
    expect(await kindFrom(() => owners.find(place.owner))).toBe("backup-unreadable");
    expect(await owners.put(place.owner, { state: held.state }, held)).toBeUndefined();
    expect((await storage.present(name)).content).toEqual(mixed.content);
  });

  it("R27 R39 of the state, or of everything: the device that knows the newer generation is told", async () => {
    const { storage, phone } = await anOwnerOfTwoVersions();
    for (const name of storage.namesOf("owners/")) storage.back.set(name, 0);
    const asked = await phone.call("GET", `${BACKUP}/staleness?generation=2`);
    expect(asked.body).toMatchObject({
      state: "stale",
      reasons: ["rolled-back"],
      indicator: "exclamation",
      nextStep: "upload",
      generation: 1,
    });
  });

  it("R7 R39 of the state: an upload that names the newer state is refused, with the remaining generation", async () => {
    const { storage, phone, second } = await anOwnerOfTwoVersions();
    for (const name of storage.namesOf("owners/")) await storage.putBack(name);
    const reply = await phone.call("PUT", BACKUP, { body: aBackup(), headers: replacing(second) });
    expect(reply.status).toBe(412);
    expect(reply.body).toMatchObject({ generation: 1 });
  });

  it("R39 of the state: a new phone, which remembers nothing, doesn't notice: it silently recovers the older accounts", async () => {
    const { storage, another, older } = await anOwnerOfTwoVersions();
    for (const name of storage.namesOf("owners/")) await storage.putBack(name);
    const newer = await another();
    const reply = await recover(newer);
    expect(reply.status, JSON.stringify(reply.body)).toBe(200);
    const { accounts } = recoveredIn(reply);
    expect(accounts.map(({ account }) => account.userName)).toEqual(
      older.accounts.map(({ userName }) => userName),
    );
    expect((await newer.call("GET", `${BACKUP}/staleness`)).body).toMatchObject({
      state: "fresh",
      reasons: [],
    });
    const known = await newer.call("GET", `${BACKUP}/staleness?generation=2`);
    expect(known.body).toMatchObject({ state: "stale", reasons: ["rolled-back"] });
  });

  it("R12 R39 of the state: a recovery that names the plan of the newer state is refused", async () => {
    const { storage, phone } = await anOwnerOfTwoVersions();
    const asked = { platform: "android", existingAccounts: [] };
    const plan = idIn(await phone.call("POST", "v1/recovery-plans", { body: asked }));
    for (const name of storage.namesOf("owners/")) await storage.putBack(name);
    expect(problemIn(await recover(phone, { plan })).type).toBe(typeOf("plan-outdated"));
  });

  it("R5 R39 of the state: where the client has custody, the newer envelope is refused, and only the older one opens", async () => {
    const { storage, another, first, second } = await anOwnerOfTwoVersions("ios");
    for (const name of storage.namesOf("owners/")) await storage.putBack(name);
    const newer = await another();
    refused(await recover(newer, { envelope: envelopeIn(second) }), "envelope-unreadable");
    expect((await recover(newer, { envelope: envelopeIn(first) })).status).toBe(200);
  });
});
