/** An owner who wants to be forgotten though what is stored of them is damaged: it waits for its time, and then it is done. */
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { HOUR } from "../../../lib/domain/clock.ts";
import { anApp } from "../../support/app.ts";
import { anAppWithDamage } from "../../support/damage.ts";
import { signInAt } from "../../support/phones.ts";
import { anAppToWatch } from "../../support/step-up.ts";
import { placeOf } from "../../support/sweeping.ts";
import { expectErased } from "../erased.ts";
import { anOwnerWithBackup, refused } from "../helpers.ts";

const erasing = "v1/me?confirm=erase-everything";
const eraseAtIn = ({ body }: { body: unknown }) =>
  z.object({ eraseAt: z.iso.datetime() }).parse(body).eraseAt;

describe.concurrent("a damaged owner", () => {
  it("R35 R39 is erased when the cooling-off is over, though none was set, and when it is asked for again", async () => {
    const watched = anAppToWatch();
    const { clock } = watched;
    const { owner, phone } = await anOwnerWithBackup({ app: watched.app });
    const { app, damage } = anAppWithDamage({ clock: clock.now });
    damage(`owners/${placeOf(owner).owner}`);
    phone.through(app.fetch);
    const first = await phone.call("DELETE", erasing);
    expect(first.status).toBe(202);
    expect(Date.parse(eraseAtIn(first)) - clock.now().getTime()).toBe(72 * HOUR);
    clock.pass(72 * HOUR - 1);
    await phone.signIn(owner, signInAt(clock.now()));
    expect(eraseAtIn(await phone.call("DELETE", erasing))).toBe(eraseAtIn(first));
    clock.pass(1);
    phone.through(anAppWithDamage({ clock: clock.now }).app.fetch);
    expect((await phone.call("GET", "v1/backups/android")).status).toBe(200);
    phone.through(app.fetch);
    expect((await phone.call("DELETE", erasing)).status).toBe(204);
    phone.through(anApp({ clock: clock.now }).fetch);
    await expectErased(owner, { hadContact: true });
  });

  it("R39 stops all else", async () => {
    const { app, damage } = anAppWithDamage();
    const { owner, phone } = await anOwnerWithBackup({ app });
    damage(`owners/${placeOf(owner).owner}`);
    refused(await phone.call("GET", "v1/devices"), "backup-unreadable");
    refused(await phone.call("POST", "v1/me/keep"), "backup-unreadable");
  });
});
