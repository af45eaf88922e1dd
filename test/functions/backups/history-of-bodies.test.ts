/** Bodies of all sizes in one history: a large body moves out of its owner's blob, and none is dropped. */
import { expect, it } from "vitest";
import * as z from "zod";
import type { Reply } from "../../../infra/local/phone.ts";
import type { BackupDocument } from "../../../lib/domain/backup/document.ts";
import { HOUR } from "../../../lib/domain/clock.ts";
import { VersionStatus } from "../../../lib/http/replies/backup-status.ts";
import { aBackup, anAccount, replacing } from "../../support/builders.ts";
import { aPhone, type CheckedPhone, signInAt } from "../../support/phones.ts";
import { anAppToWatch, recover, recoveredIn } from "../../support/step-up.ts";
import { placeOf, sweep } from "../../support/sweeping.ts";
import { anOwnerWithBackup, aRegisteredPhone, receiptIn, upload } from "../helpers.ts";

const BACKUP = "v1/backups/android";
const HISTORY_LENGTH = 10;

/** Slightly more than 900 KiB. */
const aHugeBackup = () =>
  aBackup(
    Array.from({ length: 920 }, (_, n) =>
      anAccount({
        issuer: "x".repeat(320),
        userName: `canary-${n}-`.padEnd(320, "y"),
        group: "z".repeat(220),
      }),
    ),
  );

const versionsIn = ({ body }: Reply) => z.object({ versions: z.array(VersionStatus) }).parse(body).versions;
const versionsOf = async (phone: CheckedPhone) => versionsIn(await phone.call("GET", `${BACKUP}/versions`));

async function aScene() {
  const watched = anAppToWatch();
  const { app } = watched;
  const first = aBackup();
  const { owner, phone, uploaded } = await anOwnerWithBackup({ app, document: first });
  const young = await aRegisteredPhone(owner, { app });
  const sent = new Map([[receiptIn(uploaded).version.id, first]]);
  const put = async (by: CheckedPhone, document: BackupDocument) => {
    const headers = replacing(await by.call("GET", BACKUP));
    const { version } = receiptIn(await upload(by, { document, headers }));
    sent.set(version.id, document);
    return version;
  };
  return { watched, owner, phone, young, sent, put };
}
type Scene = Awaited<ReturnType<typeof aScene>>;

/** The bodies stored beside their owner's blob. */
async function besideOf({ watched, owner }: Scene): Promise<string[]> {
  const folder = `bodies/${placeOf(owner).owner}/`;
  const { blobs } = await watched.app.services.sweepStore.list(folder, { size: 99 });
  return [...blobs].map(({ name }) => name.slice(folder.length)).toSorted();
}

/**
 * Starts with the oldest, as each restored version pushes the oldest out; the next recovery gets what was
 * sent then.
 */
async function expectEachRestorable({ watched, owner, phone, sent }: Scene): Promise<void> {
  const listed = await versionsOf(phone);
  expect(listed).toHaveLength(HISTORY_LENGTH);
  for (const { id, generation } of listed.toReversed()) {
    const headers = replacing(await phone.call("GET", BACKUP));
    const restored = await phone.call("POST", `${BACKUP}/versions/${id}/restore`, { headers });
    expect({ generation, status: restored.status }).toEqual({ generation, status: 200 });
    const reply = await recover(await aPhone({ owner, app: watched.app }));
    expect({ generation, status: reply.status }).toEqual({ generation, status: 200 });
    const accounts = recoveredIn(reply).accounts.map(({ account }) => account);
    expect(accounts, `generation ${generation}`).toEqual(sent.get(id)?.accounts);
  }
  expect((await versionsOf(phone)).map(({ id }) => id)).toEqual(listed.map(({ id }) => id));
}

it("R8 R30 a young device's two huge uploads and seven small ones drop no version of the history", async () => {
  const scene = await aScene();
  const { watched, owner, phone, young, put } = scene;
  for (let n = 0; n < 3; n++) await put(phone, aBackup());
  const huge = [await put(young, aHugeBackup())];
  await put(phone, aBackup());
  huge.push(await put(young, aHugeBackup()));
  for (const { sizeBytes } of huge) expect(sizeBytes).toBeGreaterThan(900 * 1024);
  for (let n = 0; n < 7; n++) await put(young, aBackup());
  const old = (await versionsOf(phone)).slice(7).map(({ id }) => id);
  expect(await besideOf(scene)).toEqual(expect.arrayContaining(old));
  watched.clock.pass(2 * HOUR);
  await sweep(watched, "orphans", owner);
  expect(await besideOf(scene)).toEqual(old.toSorted());
  await phone.signIn(owner, signInAt(watched.clock.now()));
  await expectEachRestorable(scene);
});
