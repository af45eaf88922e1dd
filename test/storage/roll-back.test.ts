/** A storage that is put back to an older state, whole or in part, is noticed: by the service, or by a device that remembers more. */
import { describe, expect, inject, it } from "vitest";
import * as z from "zod";
import type { Platform, Reply } from "../../infra/local/phone.ts";
import type { Blobs, StoredBlob } from "../../lib/azure/blobs.ts";
import { currentVersion } from "../../lib/domain/backup.ts";
import { ownerIdOf, type Place } from "../../lib/domain/owner.ts";
import { kindFrom } from "../domain/refusals.ts";
import { refused } from "../endpoints/helpers.ts";
import { anApp } from "../support/app.ts";
import { aBackup, nothingYet, replacing } from "../support/builders.ts";
import { openVersionIn } from "../support/open-version.ts";
import { anOwner, aPhone } from "../support/phones.ts";
import { idIn, recover, recoveredIn } from "../support/step-up.ts";

const BACKUP = "v1/backups/android";

/** A storage that remembers every state that a blob ever had, and can be put back to an earlier one. */
function aStorage() {
  const states = new Map<string, StoredBlob[]>();
  const back = new Map<string, number>();
  const homes = new Map<string, Blobs>();
  const through = (blobs: Blobs): Blobs => ({
    ...blobs,
    read: async (name) => states.get(name)?.[back.get(name) ?? -1] ?? (await blobs.read(name)),
    async write(name, blob, replaces) {
      const etag = await blobs.write(name, blob, replaces);
      homes.set(name, blobs);
      if (etag)
        states.set(name, [...(states.get(name) ?? []), { ...blob, etag, metadata: blob.metadata ?? {} }]);
      return etag;
    },
  });
  const namesOf = (kind: string) => [...states.keys()].filter((name) => name.startsWith(kind));
  /** By a write like any other, as whoever puts it back would do it: the service goes on from there. */
  const putBack = async (name: string) => {
    const [blobs, [first]] = [homes.get(name), states.get(name) ?? []];
    const present = await blobs?.read(name);
    if (!blobs || !first || !present) expect.fail("never written");
    expect(await blobs.write(name, first, present.etag)).toBeDefined();
  };
  return { through, states, back, putBack, namesOf };
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
  const place: Place = {
    owner: ownerIdOf({ issuer: inject("surroundings").issuer, subject }),
    platform,
  };
  const another = () => aPhone({ owner: subject, app, platform });
  return { storage, app, phone, another, place, older, first, second };
}

const envelopeIn = ({ body }: Reply) => z.object({ envelope: z.string() }).parse(body).envelope;

describe("R39 F10 roll-back", () => {
  it("R39 of a version alone: its content can't stand for another generation's", async () => {
    const { storage, app, place } = await anOwnerOfTwoVersions();
    const [older = "", newer = ""] = storage.namesOf("versions/");
    const head = (await app.services.heads.find(place))?.value;
    const version = currentVersion(head) ?? expect.fail();
    expect(newer).toContain(version.id);
    storage.states.set(newer, storage.states.get(older) ?? []);
    storage.back.set(newer, 0);
    expect(await kindFrom(() => openVersionIn(app.services.versions, place, version))).toBe(
      "backup-unreadable",
    );
  });

  it("R27 R39 of the head, or of everything: the device that knows the newer generation is told", async () => {
    const { storage, phone } = await anOwnerOfTwoVersions();
    for (const name of storage.namesOf("heads/")) storage.back.set(name, 0);
    const asked = await phone.call("GET", `${BACKUP}/staleness?generation=2`);
    expect(asked.body).toMatchObject({
      state: "stale",
      reasons: ["rolled-back"],
      indicator: "exclamation",
      nextStep: "upload",
      generation: 1,
    });
  });

  it("R7 R39 of the head: an upload that names the newer state is refused, with the generation that is left", async () => {
    const { storage, phone, second } = await anOwnerOfTwoVersions();
    for (const name of storage.namesOf("heads/")) storage.back.set(name, 0);
    const reply = await phone.call("PUT", BACKUP, { body: aBackup(), headers: replacing(second) });
    expect(reply.status).toBe(412);
    expect(reply.body).toMatchObject({ generation: 1 });
  });

  it("R39 of the head: not noticed by a new phone, which remembers nothing: it recovers the older accounts, and no word of it", async () => {
    const { storage, another, older } = await anOwnerOfTwoVersions();
    for (const name of storage.namesOf("heads/")) await storage.putBack(name);
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

  it("R12 R39 of the head: a recovery that names the plan of the newer state is refused", async () => {
    const { storage, phone } = await anOwnerOfTwoVersions();
    const asked = { platform: "android", existingAccounts: [] };
    const plan = idIn(await phone.call("POST", "v1/recovery-plans", { body: asked }));
    for (const name of storage.namesOf("heads/")) await storage.putBack(name);
    expect((await recover(phone, { plan })).body).toMatchObject({ type: "/api/problems/plan-outdated" });
  });

  it("R5 R39 of the head: where the client has custody, the newer envelope is refused, and only the older one opens", async () => {
    const { storage, another, first, second } = await anOwnerOfTwoVersions("ios");
    for (const name of storage.namesOf("heads/")) await storage.putBack(name);
    const newer = await another();
    refused(await recover(newer, { envelope: envelopeIn(second) }), "envelope-unreadable");
    expect((await recover(newer, { envelope: envelopeIn(first) })).status).toBe(200);
  });
});
