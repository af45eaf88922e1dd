/** Sweeps: they find due items in the listing, handle each once, and do no harm when run again. */

import { describe, expect, it } from "vitest";
import type { Blobs } from "../../../lib/azure/stores/blobs.ts";
import { DAY, HOUR } from "../../../lib/domain/clock.ts";
import { between } from "../../support/between.ts";
import { aLargeBackup, replacing } from "../../support/builders.ts";
import { damaging } from "../../support/damage.ts";
import { headOf, recordOf } from "../../support/owners.ts";
import { aPhone, signInAt } from "../../support/phones.ts";
import { aContact, anAppToWatch, recover, recoveredIn, type Watched } from "../../support/step-up.ts";
import { placeOf, sweep } from "../../support/sweeping.ts";
import { anOwnerWithBackup, refused } from "../helpers.ts";
import { everythingOf } from "../stored.ts";

const BACKUP = "v1/backups/android";
const bodiesOf = async (owner: string) =>
  Object.keys(await everythingOf(owner)).filter((name) => name.startsWith("bodies/"));
const notices = ({ told }: Watched) => told().filter(({ activity }) => activity.kind === "backup-stale");

/** `reads`: the names of all blobs read since it was emptied. */
function anAppWhoseReadsShow() {
  const reads: string[] = [];
  const through = between((call, run) => {
    if (call.startsWith("read ")) reads.push(call.slice("read ".length));
    return run();
  });
  return { reads, watched: anAppToWatch({ through }) };
}

async function aStaleOwner() {
  const watched = anAppToWatch();
  const { owner, phone } = await anOwnerWithBackup({ app: watched.app });
  await aContact(watched, phone);
  watched.clock.pass(91 * DAY);
  return { watched, owner, phone };
}

describe.concurrent("the notice of a stale backup", () => {
  it("R29 is sent once an episode, however often and by however many sweeps", async () => {
    const { watched, owner, phone } = await aStaleOwner();
    await Promise.all(Array.from({ length: 5 }, () => sweep(watched, "owners", owner)));
    await sweep(watched, "owners", owner);
    expect(notices(watched)).toHaveLength(1);
    expect(notices(watched)[0]?.recipients).toHaveLength(1);
    expect((await sweep(watched, "owners", owner)).handled).toBe(0);
    await phone.signIn(owner, signInAt(watched.clock.now()));
    const headers = replacing(await phone.call("GET", BACKUP));
    expect((await phone.call("POST", `${BACKUP}/confirm`, { headers })).status).toBe(200);
    expect((await sweep(watched, "owners", owner)).handled).toBe(0);
    watched.clock.pass(91 * DAY);
    await sweep(watched, "owners", owner);
    expect(notices(watched)).toHaveLength(2);
  });

  it("R27 R29 is sent once for a retired key version", async () => {
    const watched = anAppToWatch();
    const { owner, phone } = await anOwnerWithBackup({ app: watched.app });
    await aContact(watched, phone);
    const held = await headOf(watched.app.services.owners, placeOf(owner));
    const [{ keyId } = expect.fail()] = held?.value.versions ?? [];
    const retired = anAppToWatch({ settings: { RETIRED_KEY_IDS: keyId } });
    for (let run = 0; run < 3; run++)
      expect(await sweep(retired, "owners", owner)).toMatchObject({ handled: 1, failed: 0 });
    expect(notices(retired)).toHaveLength(1);
    expect(notices(retired)[0]?.recipients).toHaveLength(1);
  });

  it("R29 reads only due owners", async () => {
    const { reads, watched } = anAppWhoseReadsShow();
    const { owner } = await anOwnerWithBackup({ app: watched.app });
    reads.length = 0;
    expect((await sweep(watched, "owners", owner)).handled).toBe(0);
    expect(reads).toEqual([]);
  });
});

describe.concurrent("unneeded state", () => {
  it("R30 R8 orphans go after an hour; everything that a state names stays, restored versions, too", async () => {
    const watched = anAppToWatch();
    const { app, clock } = watched;
    const { owner, phone } = await anOwnerWithBackup({ app, document: aLargeBackup() });
    for (let n = 0; n < 11; n++) {
      const headers = replacing(await phone.call("GET", BACKUP));
      expect((await phone.call("PUT", BACKUP, { body: aLargeBackup(), headers })).status).toBe(200);
    }
    expect(await bodiesOf(owner)).toHaveLength(12);
    await sweep(watched, "orphans", owner);
    expect(await bodiesOf(owner)).toHaveLength(12);
    clock.pass(HOUR + 60_000);
    await sweep(watched, "orphans", owner);
    expect(await bodiesOf(owner)).toHaveLength(10);
    await sweep(watched, "orphans", owner);
    expect(await bodiesOf(owner)).toHaveLength(10);
    const device = await aPhone({ owner, app });
    expect((await recover(device)).status).toBe(200);
  });

  it("R30 R29 a body is checked once, when it is old enough, together with those beside it", async () => {
    const { reads, watched } = anAppWhoseReadsShow();
    const { owner } = await anOwnerWithBackup({ app: watched.app, document: aLargeBackup() });
    watched.clock.pass(2 * HOUR);
    reads.length = 0;
    await sweep(watched, "orphans", owner, {}, watched.clock.now());
    expect(reads).toEqual([]);
    await sweep(watched, "orphans", owner);
    expect(reads.filter((name) => name.startsWith("owners/"))).toHaveLength(1);
  });

  it("R29 R39 an unreadable state keeps its bodies, and doesn't affect other owners of its shard", async () => {
    const { through, damage } = damaging();
    const watched = anAppToWatch({ through });
    const { owner } = await anOwnerWithBackup({ app: watched.app, document: aLargeBackup() });
    damage(`owners/${placeOf(owner).owner}`);
    watched.clock.pass(100 * DAY);
    for (const name of ["owners", "orphans"] as const) {
      expect(await sweep(watched, name, owner)).toMatchObject({ handled: 0, failed: 1 });
    }
    expect(await bodiesOf(owner)).toHaveLength(1);
  });

  it("R35 R30 if no keys can be found at all, nothing counts as erased", async () => {
    const watched = anAppToWatch();
    const { owner } = await anOwnerWithBackup({ app: watched.app });
    const before = await everythingOf(owner);
    const without = anAppToWatch({
      through: (blobs, container): Blobs =>
        container === "keys" ? { ...blobs, read: async () => undefined } : blobs,
    });
    without.clock.pass(100 * DAY);
    for (const name of ["orphans", "owners"] as const) await sweep(without, name, owner);
    expect(await everythingOf(owner)).toEqual(before);
  });

  it("R35 R24 R19 the record of an idle owner loses its challenges and removed contacts", async () => {
    const { reads, watched } = anAppWhoseReadsShow();
    const { owner, phone } = await anOwnerWithBackup({ app: watched.app });
    const removed = await aContact(watched, phone);
    await phone.signIn(owner, signInAt(watched.clock.now()));
    expect((await phone.call("DELETE", `v1/contacts/${removed}`)).status).toBe(204);
    const body = { channel: "email", address: `canary-${crypto.randomUUID()}@mail.example`, language: "en" };
    expect((await phone.call("POST", "v1/contacts", { body })).status).toBe(201);
    const held = async () => {
      const record = await recordOf(watched.app.services.owners, placeOf(owner).owner);
      return [record?.challenges.length, record?.removedContacts.length];
    };
    reads.length = 0;
    expect((await sweep(watched, "owners", owner)).handled).toBe(0);
    expect(reads).toEqual([]);
    const due: [number, number[]][] = [
      [HOUR, [0, 1]],
      [72 * HOUR, [0, 0]],
    ];
    for (const [passed, left] of due) {
      watched.clock.pass(passed);
      expect(await sweep(watched, "owners", owner)).toMatchObject({ handled: 1, failed: 0 });
      expect((await sweep(watched, "owners", owner)).handled).toBe(0);
      expect(await held()).toEqual(left);
    }
  });

  it("R35 recoveries are stored for a week and a day", async () => {
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
