/** Sweeps: what is due is found in the listing, done once, and done again without harm. */
import { describe, expect, it } from "vitest";
import type { Blobs } from "../../lib/azure/blobs.ts";
import { DAY, HOUR } from "../../lib/domain/clock.ts";
import { aBackup, replacing } from "../support/builders.ts";
import { aPhone, signInAt } from "../support/phones.ts";
import { aContact, anAppToWatch, recover, recoveredIn, type Watched } from "../support/step-up.ts";
import { placeOf, sweep } from "../support/sweeping.ts";
import { anOwnerWithBackup, refused } from "./helpers.ts";
import { storedOf, versionsOf } from "./stored.ts";

const BACKUP = "v1/backups/android";
const notices = ({ told }: Watched) => told().filter(({ activity }) => activity.kind === "backup-stale");

async function aStaleOwner() {
  const watched = anAppToWatch();
  const { owner, phone } = await anOwnerWithBackup({ app: watched.app });
  await aContact(watched, phone);
  watched.clock.pass(91 * DAY);
  return { watched, owner, phone };
}

describe.concurrent("the notice of a stale backup", () => {
  it("R29 is sent once an episode, however often and by however many it is swept", async () => {
    const { watched, owner, phone } = await aStaleOwner();
    await Promise.all(Array.from({ length: 5 }, () => sweep(watched, "stale", owner)));
    await sweep(watched, "stale", owner);
    const ids = notices(watched).map(({ activity }) => activity.id);
    expect(new Set(ids).size).toBe(1);
    expect(notices(watched)[0]?.recipients).toHaveLength(1);
    expect((await sweep(watched, "stale", owner)).handled).toBe(0);
    await phone.signIn(owner, signInAt(watched.clock.now()));
    const headers = replacing(await phone.call("GET", BACKUP));
    expect((await phone.call("POST", `${BACKUP}/confirm`, { headers })).status).toBe(200);
    expect((await sweep(watched, "stale", owner)).handled).toBe(0);
    watched.clock.pass(91 * DAY);
    await sweep(watched, "stale", owner);
    expect(new Set(notices(watched).map(({ activity }) => activity.id)).size).toBe(2);
  });

  it("R29 reads nothing of what isn't due", async () => {
    const reads: string[] = [];
    const watched = anAppToWatch({
      through: (blobs): Blobs => ({
        ...blobs,
        read: (name) => {
          reads.push(name);
          return blobs.read(name);
        },
      }),
    });
    const { owner } = await anOwnerWithBackup({ app: watched.app });
    reads.length = 0;
    expect((await sweep(watched, "stale", owner)).handled).toBe(0);
    expect(reads).toEqual([]);
  });

  it("R29 a sweep that is killed between notice and mark tells the same notice again, and only that", async () => {
    const { watched, owner } = await aStaleOwner();
    const { heads } = watched.app.services;
    const put = heads.put;
    heads.put = () => Promise.reject(new Error("killed"));
    await expect(sweep(watched, "stale", owner)).rejects.toThrow("killed");
    heads.put = put;
    await sweep(watched, "stale", owner);
    expect(new Set(notices(watched).map(({ activity }) => activity.id)).size).toBe(1);
  });
});

describe.concurrent("what nobody needs any more", () => {
  it("R30 a deleted backup is purged when its window ends, and not before; the devices stay", async () => {
    const watched = anAppToWatch();
    const { owner, phone, uploaded } = await anOwnerWithBackup({ app: watched.app });
    await phone.call("DELETE", BACKUP, { headers: replacing(uploaded) });
    watched.clock.pass(29 * DAY);
    await sweep(watched, "stale", owner);
    expect(versionsOf(await storedOf(owner))).toHaveLength(1);
    watched.clock.pass(DAY);
    await sweep(watched, "stale", owner);
    expect(versionsOf(await storedOf(owner))).toEqual([]);
    await phone.signIn(owner, signInAt(watched.clock.now()));
    expect((await phone.call("GET", "v1/devices")).status).toBe(200);
    refused(await phone.call("GET", BACKUP), "backup-not-found");
  });

  it("R30 R8 orphans go after an hour; whatever a head names stays, restored versions, too", async () => {
    const watched = anAppToWatch();
    const { app, clock } = watched;
    const { owner, phone } = await anOwnerWithBackup({ app });
    for (let n = 0; n < 11; n++) {
      const headers = replacing(await phone.call("GET", BACKUP));
      expect((await phone.call("PUT", BACKUP, { body: aBackup(), headers })).status).toBe(200);
    }
    expect(versionsOf(await storedOf(owner))).toHaveLength(12);
    await sweep(watched, "orphans", owner);
    expect(versionsOf(await storedOf(owner))).toHaveLength(12);
    clock.pass(HOUR + 60_000);
    await sweep(watched, "orphans", owner);
    expect(versionsOf(await storedOf(owner))).toHaveLength(10);
    await sweep(watched, "orphans", owner);
    expect(versionsOf(await storedOf(owner))).toHaveLength(10);
    const device = await aPhone({ owner, app });
    expect((await recover(device)).status).toBe(200);
  });

  it("R35 an erasure that was cut off is completed", async () => {
    const watched = anAppToWatch();
    const { owner } = await anOwnerWithBackup({ app: watched.app });
    await watched.app.services.belongings.shred(placeOf(owner).owner);
    watched.clock.pass(2 * HOUR);
    await sweep(watched, "orphans", owner);
    expect(await storedOf(owner)).toEqual({});
  });

  it("R35 recoveries are kept for a week and a day", async () => {
    const watched = anAppToWatch();
    const { owner, phone } = await anOwnerWithBackup({ app: watched.app });
    const { id } = recoveredIn(await recover(phone));
    watched.clock.pass(7 * DAY);
    await sweep(watched, "recoveries", owner);
    await phone.signIn(owner, signInAt(watched.clock.now()));
    expect((await phone.call("GET", `v1/recoveries/${id}`)).status).toBe(200);
    watched.clock.pass(2 * DAY);
    await sweep(watched, "recoveries", owner);
    await phone.signIn(owner, signInAt(watched.clock.now()));
    refused(await phone.call("GET", `v1/recoveries/${id}`), "recovery-not-found");
  });
});
