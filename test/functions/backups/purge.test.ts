/** The purge of deleted backups: everything goes for good, and later uploads stay. */

import { describe, expect, it } from "vitest";
import { DAY, later } from "../../../lib/domain/clock.ts";
import { aBackup, aLargeBackup, nothingYet, replacing } from "../../support/builders.ts";
import { FaultLine } from "../../support/fault-line.ts";
import { beforeNext } from "../../support/meanwhile.ts";
import { headOf } from "../../support/owners.ts";
import { aPhone, type CheckedPhone, signInAt } from "../../support/phones.ts";
import { anAppToWatch, recover, type Watched } from "../../support/step-up.ts";
import { placeOf, sweep } from "../../support/sweeping.ts";
import { versionsOf } from "../heads.ts";
import { anOwnerWithBackup, refused } from "../helpers.ts";

const BACKUP = "v1/backups/android";

/** Only restores push the first version out of the history: no upload makes it an orphan to be looked at. */
async function restoredBeyondTheHistory({ app }: Watched, phone: CheckedPhone, owner: string): Promise<void> {
  const headers = replacing(await phone.call("GET", BACKUP));
  expect((await phone.call("PUT", BACKUP, { body: aLargeBackup(), headers })).status).toBe(200);
  for (let n = 0; n < 10; n++) {
    const held = (await headOf(app.services.owners, placeOf(owner)))?.value;
    const restore = `${BACKUP}/versions/${held?.versions[0]?.id}/restore`;
    const state = replacing(await phone.call("GET", BACKUP));
    expect((await phone.call("POST", restore, { headers: state })).status).toBe(200);
  }
}

describe.concurrent("the purge", () => {
  it("R30 a deleted backup is purged when its window ends, and not before; the devices stay", async () => {
    const watched = anAppToWatch();
    const { owner, phone, uploaded } = await anOwnerWithBackup({ app: watched.app });
    await phone.call("DELETE", BACKUP, { headers: replacing(uploaded) });
    watched.clock.pass(29 * DAY);
    await sweep(watched, "owners", owner);
    expect(await versionsOf(owner)).toHaveLength(1);
    watched.clock.pass(DAY);
    await sweep(watched, "owners", owner);
    expect(await versionsOf(owner)).toEqual([]);
    await phone.signIn(owner, signInAt(watched.clock.now()));
    expect((await phone.call("GET", "v1/devices")).status).toBe(200);
    refused(await phone.call("GET", BACKUP), "backup-not-found");
  });

  it("R30 a purge that the storage cuts off continues with the next run; nothing can be undeleted meanwhile", async () => {
    const line = new FaultLine();
    const watched = anAppToWatch({ through: line.through });
    const { owner, phone } = await anOwnerWithBackup({ app: watched.app, document: aLargeBackup() });
    await restoredBeyondTheHistory(watched, phone, owner);
    const deleted = await phone.call("DELETE", BACKUP, {
      headers: replacing(await phone.call("GET", BACKUP)),
    });
    watched.clock.pass(31 * DAY);
    line.arm({ how: "refused", at: 1, of: /^delete bodies\// });
    await expect(sweep(watched, "owners", owner)).rejects.toMatchObject({ kind: "storage-unavailable" });
    await phone.signIn(owner, signInAt(watched.clock.now()));
    refused(
      await phone.call("POST", `${BACKUP}/undelete`, { headers: replacing(deleted) }),
      "undelete-too-late",
    );
    watched.clock.pass(DAY);
    for (const name of ["owners", "orphans"] as const)
      await sweep(watched, name, owner, {}, later(watched.clock.now(), -DAY));
    expect(await versionsOf(owner)).toEqual([]);
    expect((await sweep(watched, "owners", owner)).handled).toBe(0);
  });

  it("R30 R8 a purge leaves uploads made meanwhile alone", async () => {
    const { through, happens } = beforeNext("list bodies/");
    const watched = anAppToWatch({ through });
    const { owner, phone, uploaded } = await anOwnerWithBackup({ app: watched.app });
    await phone.call("DELETE", BACKUP, { headers: replacing(uploaded) });
    watched.clock.pass(31 * DAY);
    await phone.signIn(owner, signInAt(watched.clock.now()));
    const statuses: number[] = [];
    happens(async () => {
      const put = { body: aBackup(), headers: nothingYet };
      statuses.push((await phone.call("PUT", BACKUP, put)).status);
    });
    await sweep(watched, "owners", owner);
    expect(statuses).toEqual([201]);
    expect((await phone.call("GET", BACKUP)).body).toMatchObject({ staleness: { state: "fresh" } });
    expect((await recover(await aPhone({ owner, app: watched.app }))).status).toBe(200);
  });

  it("R30 R31 a purged backup can't be undeleted, and the diagnosis says so", async () => {
    const watched = anAppToWatch();
    const { owner, phone, uploaded } = await anOwnerWithBackup({ app: watched.app });
    const deleted = await phone.call("DELETE", BACKUP, { headers: replacing(uploaded) });
    watched.clock.pass(31 * DAY);
    await sweep(watched, "owners", owner);
    await phone.signIn(owner, signInAt(watched.clock.now()));
    refused(
      await phone.call("POST", `${BACKUP}/undelete`, { headers: replacing(deleted) }),
      "undelete-too-late",
    );
  });
});
