/** A storage that is put back to an older state, whole or in part, is noticed: by the service, or by a device that remembers more. */
import { describe, expect, inject, it } from "vitest";
import type { Blobs, StoredBlob } from "../../lib/azure/blobs.ts";
import { currentVersion } from "../../lib/domain/backup.ts";
import { ownerIdOf, type Place } from "../../lib/domain/owner.ts";
import { kindFrom } from "../domain/refusals.ts";
import { anApp } from "../support/app.ts";
import { aBackup, nothingYet, replacing } from "../support/builders.ts";
import { anOwner, aPhone } from "../support/phones.ts";

const BACKUP = "v1/backups/android";

/** A storage that remembers every state that a blob ever had, and can be put back to an earlier one. */
function aStorage() {
  const states = new Map<string, StoredBlob[]>();
  const back = new Map<string, number>();
  const through = (blobs: Blobs): Blobs => ({
    ...blobs,
    read: async (name) => states.get(name)?.[back.get(name) ?? -1] ?? (await blobs.read(name)),
    async write(name, blob, replaces) {
      const etag = await blobs.write(name, blob, replaces);
      if (etag)
        states.set(name, [...(states.get(name) ?? []), { ...blob, etag, metadata: blob.metadata ?? {} }]);
      return etag;
    },
  });
  const namesOf = (kind: string) => [...states.keys()].filter((name) => name.startsWith(kind));
  return { through, states, back, namesOf };
}

async function anOwnerOfTwoVersions() {
  const storage = aStorage();
  const app = anApp({ through: storage.through });
  const subject = anOwner();
  const phone = await aPhone({ owner: subject, app });
  const first = await phone.call("PUT", BACKUP, { body: aBackup(), headers: nothingYet });
  const second = await phone.call("PUT", BACKUP, { body: aBackup(), headers: replacing(first) });
  const place: Place = {
    owner: ownerIdOf({ issuer: inject("surroundings").issuer, subject }),
    platform: "android",
  };
  return { storage, app, phone, place, second };
}

describe("R39 F10 roll-back", () => {
  it("R39 of a version alone: its content can't stand for another generation's", async () => {
    const { storage, app, place } = await anOwnerOfTwoVersions();
    const [older = "", newer = ""] = storage.namesOf("versions/");
    const head = (await app.services.heads.find(place))?.value;
    const version = currentVersion(head) ?? expect.fail();
    expect(newer).toContain(version.id);
    storage.states.set(newer, storage.states.get(older) ?? []);
    storage.back.set(newer, 0);
    expect(await kindFrom(() => app.services.versions.open(place, version))).toBe("backup-unreadable");
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
});
