/** Uploads while their owner's keys are wrapped anew: none refused or lost, no key unwrapped twice. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ManagedIdentity, startManagedIdentity } from "../../../infra/local/identity.ts";
import { encodeDocument } from "../../../lib/domain/backup/document.ts";
import { sha256 } from "../../../lib/domain/hash.ts";
import { headIn } from "../../../lib/domain/owner/owner-state.ts";
import { etagOf } from "../../functions/helpers.ts";
import { type App, anApp } from "../../support/app.ts";
import { aBackup, anAccount, nothingYet } from "../../support/builders.ts";
import { meanwhile } from "../../support/meanwhile.ts";
import { type OwnVault, ownVault } from "../../support/own-vault.ts";
import { headOf } from "../../support/owners.ts";
import { anOwner, aPhone } from "../../support/phones.ts";
import { anAppToWatch, type Watched } from "../../support/step-up.ts";
import { placeOf, sweep } from "../../support/sweeping.ts";

const VERSIONS = 10;

/** Uploads, one before each of the first calls of the sweep. */
const BETWEEN = 12;

let identity: ManagedIdentity;
beforeAll(async () => {
  identity = await startManagedIdentity({ port: 0 });
});
afterAll(() => identity.close());

type Watching = Pick<Watched, "app" | "clock">;

/**
 * A phone that uploads with the ETag of its last answer. Records the answers, and the digests that it sent.
 */
async function anUploader(app: App, owner: string) {
  const phone = await aPhone({ owner, app });
  const statuses: number[] = [];
  const digests: string[] = [];
  let headers: Record<string, string> = nothingYet;
  const upload = async () => {
    const document = aBackup([anAccount()]);
    const reply = await phone.call("PUT", "v1/backups/android", { body: document, headers });
    headers = { "if-match": etagOf(reply) };
    statuses.push(reply.status);
    digests.unshift(sha256(encodeDocument(document)));
  };
  return { upload, statuses, digests };
}

/** The vault's key has a new version: returns the settings of an instance that knows it. */
async function rotated({ settings, admin }: OwnVault): Promise<{ newest: string; settings: Settings }> {
  const key = new URL(settings["KEY_IDS"] ?? "").pathname.split("/")[2] ?? "";
  await admin.call("POST", `/keys/${key}/rotate`);
  const keys = (await admin.publicKeys(key)).map(({ kid, kty, n, e }) => ({ kid, kty, n, e }));
  const newest = keys[0]?.kid ?? "";
  return { newest, settings: { ...settings, KEY_IDS: newest, PINNED_PUBLIC_KEYS: JSON.stringify({ keys }) } };
}
type Settings = Record<string, string>;

/**
 * An owner with ten versions under an outdated key version; the instance that takes uploads doesn't know that
 * yet.
 */
async function aScene() {
  const vault = await ownVault(identity);
  const former = vault.settings["KEY_IDS"] ?? "";
  const { through } = vault;
  const { clock, app } = anAppToWatch({ settings: { ...vault.settings, HISTORY_LENGTH: "200" }, through });
  const owner = anOwner();
  const uploader = await anUploader(app, owner);
  for (let n = 0; n < VERSIONS; n++) await uploader.upload();
  const { newest, settings } = await rotated(vault);
  /** A new instance each time, just started. */
  const anInstance = (between = async () => {}): Watching => {
    const held = meanwhile(between);
    return { clock, app: anApp({ settings, clock: clock.now, through: (blobs) => held(through(blobs)) }) };
  };
  return { vault, former, newest, owner, app, anInstance, ...uploader };
}
type Scene = Awaited<ReturnType<typeof aScene>>;

/** How the sweep ended, and how many keys it unwrapped. */
async function rewrap({ vault, owner, anInstance }: Scene, between?: () => Promise<void>) {
  await vault.takeCalls();
  const ended = await sweep(anInstance(between), "rewrap", owner).then(
    ({ handled, failed }) => ({ handled, failed }),
    (error: unknown) => error,
  );
  const { unwrapKey: unwraps = 0 } = await vault.takeCalls();
  return { ended, unwraps };
}

/**
 * The key that wraps each version, newest version first. Checks that the metadata for sweeps names the same
 * keys.
 */
async function keyIdsOf({ app, owner }: Scene): Promise<string[]> {
  const { owners, sweepStore } = app.services;
  const found = (await headOf(owners, placeOf(owner)))?.value.versions.map(({ keyId }) => keyId) ?? [];
  const { blobs } = await sweepStore.list(`owners/${placeOf(owner).owner}`, { size: 1 });
  expect([...blobs][0]?.metadata["kids"]?.split(" ").toSorted()).toEqual([...new Set(found)].toSorted());
  return found;
}

/** Each acknowledged version is listed, and opens as it was sent. */
async function expectNothingLost({ anInstance, owner, statuses, digests }: Scene): Promise<void> {
  expect(statuses).toEqual([201, ...times(statuses.length - 1, 200)]);
  const place = placeOf(owner);
  const { owners, versions } = anInstance().app.services;
  const held = (await owners.find(place.owner)) ?? expect.fail("nothing is stored");
  const listed = headIn(held.state, place.platform)?.value.versions ?? [];
  expect(listed.map(({ digest }) => digest)).toEqual(digests);
  const opened = listed.map((version) => versions.open(place, version, held.body(version.id)));
  expect((await Promise.all(opened)).map((content) => sha256(content))).toEqual(digests);
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe("wrapping an owner's keys anew", () => {
  it("R7 R38 with an upload between every two of its calls unwraps each key once, and nothing is refused or lost", async () => {
    const scene = await aScene();
    const { vault, upload, former, newest } = scene;
    let left = BETWEEN;
    const { ended, unwraps } = await rewrap(scene, async () => {
      left -= 1;
      if (left >= 0) await upload();
    });
    expect({ ended, wereAllMade: left <= 0 }).toEqual({
      ended: { handled: unwraps, failed: 0 },
      wereAllMade: true,
    });
    // Some come before the sweep has read the owner.
    expect([2, 3]).toContain(unwraps - VERSIONS);
    const unseen = VERSIONS + BETWEEN - unwraps;
    expect(await keyIdsOf(scene)).toEqual([...times(unseen, former), ...times(unwraps, newest)]);
    await expectNothingLost(scene);
    await upload();
    const rest = { ended: { handled: unseen + 1, failed: 0 }, unwraps: unseen + 1 };
    expect(await rewrap(scene)).toEqual(rest);
    expect(new Set(await keyIdsOf(scene))).toEqual(new Set([newest]));
    await expectNothingLost(scene);
    await vault.close();
  });

  it("R7 R38 with uploads that never end gives way to them, and is done by the next run", async () => {
    const scene = await aScene();
    const { ended, unwraps } = await rewrap(scene, scene.upload);
    expect(ended).toEqual({ handled: 0, failed: 1 });
    expect([2, 3]).toContain(unwraps - VERSIONS);
    await expectNothingLost(scene);
    const all = scene.digests.length;
    expect(await rewrap(scene)).toEqual({ ended: { handled: all, failed: 0 }, unwraps: all });
    expect(new Set(await keyIdsOf(scene))).toEqual(new Set([scene.newest]));
    await expectNothingLost(scene);
    await scene.vault.close();
  });
});
