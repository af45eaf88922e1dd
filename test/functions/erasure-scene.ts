/** Scenes for erasure tests: asking for one, what may remain, and two requests completing the same one. */
import { expect } from "vitest";
import type { Blobs } from "../../lib/azure/stores/blobs.ts";
import { HOUR } from "../../lib/domain/clock.ts";
import { withChange } from "../../lib/domain/device.ts";
import { withHead } from "../../lib/domain/owner/owner-state.ts";
import { type App, anApp } from "../support/app.ts";
import { aBackup, nothingYet } from "../support/builders.ts";
import type { HoldLine } from "../support/hold-line.ts";
import { putOwner, recordOf } from "../support/owners.ts";
import { aPhone, type CheckedPhone, signInAt } from "../support/phones.ts";
import {
  aContact,
  anAppToWatch,
  aRecovery,
  type Recovery,
  recover,
  recoveredIn,
} from "../support/step-up.ts";
import { placeOf, sweep } from "../support/sweeping.ts";
import { everythingOf } from "./stored.ts";

const BACKUP = "v1/backups/android";
export const erase = (phone: CheckedPhone) => phone.call("DELETE", "v1/me?confirm=erase-everything");

export const eraseNow = (phone: CheckedPhone) =>
  phone.call("DELETE", "v1/me?confirm=erase-everything&when=now");

/** As if a code had been entered on this phone that went to a contact confirmed before it came. */
export async function withContactCode(
  { watched, owner }: Pick<Recovery, "watched" | "owner">,
  { deviceId }: CheckedPhone,
  at: Date,
): Promise<void> {
  await putOwner(watched.app.services.owners, placeOf(owner).owner, (state) => {
    const { android } = state.heads;
    if (!android) return { state };
    const devices = withChange(android.devices, deviceId, { contactCodeAt: at, eldestCodeAt: at });
    return { state: withHead(state, "android", { ...android, devices }) };
  });
}

/** Only the time of the erasure may remain, for the cooling-off time. */
export async function expectErased(
  subject: string,
  { hadContact, said = "" }: { hadContact: boolean; said?: string },
): Promise<void> {
  expect(Object.keys(await everythingOf(subject)), said).toEqual(["owners/"]);
  const held = await anApp().services.owners.find(placeOf(subject).owner);
  expect(held?.state, said).toMatchObject({ heads: {}, recoveries: [], erased: { hadContact } });
  expect(await held?.record(), said).toMatchObject({ contacts: [], bindings: [], challenges: [] });
}

/** Nothing at all is left. */
export async function expectForgotten(subject: string): Promise<void> {
  expect(await everythingOf(subject)).toEqual({});
}

const settings = { ERASURE_DELAY_HOURS: "24" };
export const aDelayed = () => aRecovery({ watched: anAppToWatch({ settings }) });

/** An erasure requested a day ago that nobody has begun. */
export async function aDue(past = 0): Promise<Recovery> {
  const scene = await aDelayed();
  expect((await erase(scene.phone)).status).toBe(202);
  scene.watched.clock.pass(24 * HOUR + past);
  for (const phone of [scene.old, scene.phone])
    await phone.signIn(scene.owner, signInAt(scene.watched.clock.now()));
  return scene;
}

type Line = { through(blobs: Blobs): Blobs };

/** Another instance, whose calls pass through the line. */
export const instanceOn = ({ watched }: Recovery, { through }: Line): App =>
  anApp({ clock: watched.clock.now, settings, through, outbox: () => ({ put: async () => undefined }) });

type Slower = { first: number; start(scene: Recovery, line: HoldLine): Promise<unknown> };

/** `first`: until this call, the slower one looks like a request that comes after everything is over. */
export const slower: Record<string, Slower> = {
  "the sweep": {
    first: 1,
    start: (scene, line) => sweep({ ...scene.watched, app: instanceOn(scene, line) }, "owners", scene.owner),
  },
  "a DELETE that is sent twice": {
    first: 3,
    start: (scene, line) => {
      scene.phone.through(instanceOn(scene, line).fetch);
      return erase(scene.phone);
    },
  },
};

/**
 * Holds the slower one at one of its calls while another completes the erasure and the owner begins anew: the
 * new incarnation must be whole. False if the slower one makes no such call.
 */
export async function overtaken({ start }: Slower, line: HoldLine, said: string): Promise<boolean> {
  const scene = await aDue();
  const { watched, phone } = scene;
  const slow = start(scene, line);
  if (!(await line.holds(slow))) return false;
  phone.through(watched.another().fetch);
  expect((await erase(phone)).status, said).toBe(204);
  const document = aBackup();
  const anew = await phone.call("PUT", BACKUP, { body: document, headers: nothingYet });
  expect(anew.status, `${said}: ${JSON.stringify(anew.body)}`).toBe(201);
  line.letGo();
  await slow;
  await expectWhole(scene, { document, etag: anew.headers.get("etag"), said });
  return true;
}

type Anew = { document: ReturnType<typeof aBackup>; etag: string | null; said: string };

async function expectWhole({ watched, owner, phone }: Recovery, { document, etag, said }: Anew) {
  phone.through(watched.app.fetch);
  const seen = await phone.call("GET", BACKUP);
  expect({ said, status: seen.status, etag: seen.headers.get("etag") }).toEqual({ said, status: 200, etag });
  await aContact(watched, phone);
  const { owner: id } = placeOf(owner);
  expect((await recordOf(watched.app.services.owners, id))?.endedDevices, said).toEqual([]);
  const recovered = await recover(await aPhone({ owner, app: watched.another() }));
  expect(recovered.status, `${said}: ${JSON.stringify(recovered.body)}`).toBe(200);
  expect(recoveredIn(recovered).accounts[0]?.account, said).toEqual(document.accounts[0]);
}
