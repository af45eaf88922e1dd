/** Two who complete one erasure, the slower one held at a call of its own while the owner begins anew: the new life is whole. */
import { expect } from "vitest";
import { HOUR } from "../../lib/domain/clock.ts";
import { anApp } from "../support/app.ts";
import { aBackup, nothingYet } from "../support/builders.ts";
import type { HoldLine } from "../support/hold-line.ts";
import { recordOf } from "../support/owners.ts";
import { aPhone, type CheckedPhone, signInAt } from "../support/phones.ts";
import { aContact, anAppToWatch, recover, recoveredIn, type Watched } from "../support/step-up.ts";
import { placeOf, sweep } from "../support/sweeping.ts";
import { anOwnerWithBackup } from "./helpers.ts";

const BACKUP = "v1/backups/android";
const erase = (phone: CheckedPhone) => phone.call("DELETE", "v1/me?confirm=erase-everything");

/** An owner whose erasure is due, and what a phone asks for through any instance. */
async function aScene() {
  const watched = anAppToWatch({ settings: { ERASURE_DELAY_HOURS: "24" } });
  const { owner, phone } = await anOwnerWithBackup({ app: watched.app });
  await aContact(watched, phone);
  expect((await erase(phone)).status).toBe(202);
  watched.clock.pass(24 * HOUR);
  await phone.signIn(owner, signInAt(watched.clock.now()));
  return { watched, owner, phone };
}
type Scene = Awaited<ReturnType<typeof aScene>>;

const through = ({ watched }: Scene, line: HoldLine): Watched["app"] =>
  anApp({
    clock: watched.clock.now,
    through: line.through,
    outbox: () => ({ put: async () => undefined }),
  });

type Slower = { first: number; start(scene: Scene, line: HoldLine): Promise<unknown> };

/** `first`: before this call of theirs nobody can tell them from somebody who comes when all is over. */
export const slower: Record<string, Slower> = {
  "the sweep": {
    first: 1,
    start: (scene, line) => sweep({ ...scene.watched, app: through(scene, line) }, "owners", scene.owner),
  },
  "a DELETE that is sent twice": {
    first: 3,
    start: (scene, line) => {
      scene.phone.through(through(scene, line).fetch);
      return erase(scene.phone);
    },
  },
};

/** False if the slower one makes no such call. */
export async function overtaken({ start }: Slower, line: HoldLine, said: string): Promise<boolean> {
  const scene = await aScene();
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

async function expectWhole({ watched, owner, phone }: Scene, { document, etag, said }: Anew) {
  phone.through(watched.app.fetch);
  const seen = await phone.call("GET", BACKUP);
  expect([seen.status, seen.headers.get("etag")], said).toEqual([200, etag]);
  await aContact(watched, phone);
  const { owner: id } = placeOf(owner);
  expect((await recordOf(watched.app.services.owners, id))?.endedDevices, said).toEqual([]);
  const recovered = await recover(await aPhone({ owner, app: watched.another() }));
  expect(recovered.status, `${said}: ${JSON.stringify(recovered.body)}`).toBe(200);
  expect(recoveredIn(recovered).accounts[0]?.account, said).toEqual(document.accounts[0]);
}
