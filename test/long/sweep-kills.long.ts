/** Each sweep, killed at each of its calls or run twice in parallel, ends as if it had run once. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE } from "../../lib/domain/clock.ts";
import { reservation } from "../../lib/domain/credentials/reservation.ts";
import { newId } from "../../lib/domain/id.ts";
import { DeviceId } from "../../lib/domain/owner.ts";
import { SWEEPS, type SweepName } from "../../lib/domain/sweeps/sweep.ts";
import { replacing } from "../support/builders.ts";
import { type Break, FaultLine } from "../support/fault-line.ts";
import { type OwnVault, ownVault } from "../support/own-vault.ts";
import { putOwner } from "../support/owners.ts";
import { aPhone, signInAt } from "../support/phones.ts";
import { aContosoAccount, aTicket, recover } from "../support/step-up.ts";
import { aSweepScene, type Scene, sweepScene } from "../support/sweep-scene.ts";
import { placeOf } from "../support/sweeping.ts";

const BACKUP = "v1/backups/android";

/** Rotated: uploads with these settings are wrapped by the previous version. */
let vault: OwnVault;
let newest: string | undefined;
beforeAll(async () => {
  vault = await ownVault();
  await vault.admin.call("POST", "/keys/backup-kek/rotate");
  newest = (await vault.admin.publicKeys("backup-kek"))[0]?.kid;
});
afterAll(() => vault.close());

type Prepare = (scene: Scene) => Promise<number>;

const staleBackup: Prepare = async () => 91 * DAY;

/** What is due once that much time has passed. */
const cases: [name: string, sweep: SweepName, prepare: Prepare][] = [
  ["a stale backup", "owners", staleBackup],
  [
    "a backup that was deleted",
    "owners",
    async ({ phone }) => {
      const headers = replacing(await phone.call("GET", BACKUP));
      expect((await phone.call("DELETE", BACKUP, { headers })).status).toBe(200);
      return 31 * DAY;
    },
  ],
  [
    "an upload that was cut off",
    "orphans",
    async ({ owner, written }) => {
      const backups = written.get(`owners/${placeOf(owner).owner}`) ?? expect.fail("nothing is stored");
      const name = `bodies/${placeOf(owner).owner}/${newId()}`;
      await backups.write(name, { content: Buffer.from("orphan") }, undefined);
      written.set(name, backups);
      return 2 * HOUR;
    },
  ],
  [
    "an erasure that was asked for",
    "owners",
    async ({ watched, owner, phone }) => {
      const now = watched.clock.now();
      const erasure = { device: DeviceId.parse(phone.deviceId), requestedAt: now, eraseAt: now };
      await putOwner(watched.app.services.owners, placeOf(owner).owner, (state) => ({
        state: { ...state, erasure },
      }));
      return 0;
    },
  ],
  [
    "a code that nobody has entered",
    "owners",
    async ({ phone }) => {
      const body = { channel: "email", address: `canary-${newId()}@mail.example`, language: "en" };
      expect((await phone.call("POST", "v1/contacts", { body })).status).toBe(201);
      return HOUR;
    },
  ],
  [
    "a recovery",
    "recoveries",
    async ({ watched, owner }) => {
      expect((await recover(await aPhone({ owner, app: watched.app }))).status).toBe(200);
      return 9 * DAY;
    },
  ],
  [
    "a ticket",
    "tickets",
    async ({ watched }) => {
      await aTicket({ watched, work: aContosoAccount() });
      return 400 * DAY;
    },
  ],
  [
    "an account that was kept for whom was erased",
    "credentials",
    async ({ watched }) => {
      const [owner, name] = [watched.app.services.serviceOwner, `canary-${newId()}@personal.example`];
      const account = { kind: "personal", issuer: "https://issuer.example", userName: name } as const;
      // So that there is a key to seal it with.
      await aTicket({ watched, work: aContosoAccount() });
      const kept = reservation(owner, "somebody", watched.clock.now());
      expect(await watched.app.services.credentials.put(account, kept, undefined)).toBeDefined();
      return 31 * DAY;
    },
  ],
  [
    "a day's count of messages",
    "budgets",
    async ({ written }) => {
      const [blobs] = written.values();
      const name = `budgets/2020-01-01/${crypto.randomUUID()}`;
      await blobs?.write(name, { content: Buffer.from("1") }, undefined);
      if (blobs) written.set(name, blobs);
      return 3 * DAY;
    },
  ],
  ["what an older key wraps", "rewrap", async () => 0],
  ["a shard key that an older key wraps", "shard-keys", async () => 0],
];

async function prepared(prepare: Prepare): Promise<Scene> {
  const scene = await aSweepScene(vault);
  scene.watched.clock.pass(await prepare(scene));
  return scene;
}

const notices = ({ watched }: Scene) =>
  watched.told().filter(({ activity }) => activity.kind === "backup-stale");

/** The stored blobs by kind, and what the owner can do with them. */
async function outcomeOf(scene: Scene): Promise<unknown> {
  const { watched, owner, phone, written } = scene;
  const theirs = [...written].filter(
    ([name]) => !name.startsWith("owner-keys/") || name.includes(placeOf(owner).owner),
  );
  const stored = await Promise.all(
    theirs.map(async ([name, blobs]) => {
      const blob = await blobs.read(name);
      const { kid, kids = kid, dueat } = blob?.metadata ?? {};
      const isDue = dueat !== undefined && new Date(dueat) <= watched.clock.now();
      return `${name.split("/")[0]}: ${blob ? "there" : "gone"}${kids ? ` under the ${kids === newest ? "newest" : "former"} key` : ""}${isDue ? " and due" : ""}`;
    }),
  );
  const app = scene.another(new FaultLine());
  phone.through(app.fetch);
  await phone.signIn(owner, signInAt(watched.clock.now()));
  const status = await phone.call("GET", BACKUP);
  const recovered = await recover(await aPhone({ owner, app }));
  const told = new Set(notices(scene).map(({ activity }) => activity.id)).size;
  return {
    stored: [...new Set(stored)].toSorted(),
    status: status.status,
    recovered: recovered.status,
    told,
  };
}

/** Longer than a sweep may claim a notice for itself. */
const LATER = 11 * MINUTE;

async function undisturbed(prepare: Prepare, sweep: SweepName): Promise<unknown> {
  const scene = await prepared(prepare);
  await sweepScene(scene, sweep);
  scene.watched.clock.pass(LATER);
  expect(notices(scene)).toHaveLength(prepare === staleBackup ? 1 : 0);
  return await outcomeOf(scene);
}

/** False if the sweep makes no such call. */
async function killed(prepare: Prepare, sweep: SweepName, order: Break, whole: unknown): Promise<boolean> {
  const scene = await prepared(prepare);
  const line = new FaultLine({ stays: true });
  line.arm(order);
  await sweepScene(scene, sweep, line).catch((error: unknown) =>
    expect({ met: line.met }, String(error)).toEqual({ met: true }),
  );
  if (!line.met) return false;
  const told = notices(scene).length;
  await sweepScene(scene, sweep);
  const said = `${order.how} at ${order.at}`;
  if (told > 0) expect(notices(scene), said).toHaveLength(told);
  scene.watched.clock.pass(LATER);
  await sweepScene(scene, sweep);
  expect(await outcomeOf(scene), said).toEqual(whole);
  // Told, and killed before that was recorded: told once more, under the same id.
  expect(notices(scene).length, said).toBeLessThanOrEqual(told + 1);
  return true;
}

it("R29 every sweep has a case", () => {
  expect([...new Set(cases.map(([, sweep]) => sweep))].toSorted()).toEqual(SWEEPS.toSorted());
});

describe.concurrent.each(cases)("%s", (_, sweep, prepare) => {
  it.each(["refused", "lost"] as const)(
    "R8 R29 killed at any call (%s) and run again: the same end as undisturbed, and one notice",
    async (how) => {
      const whole = await undisturbed(prepare, sweep);
      let at = 1;
      while (await killed(prepare, sweep, { how, at }, whole)) at += 1;
      expect(at).toBeGreaterThan(1);
    },
  );

  it("R29 two instances side by side: the same result as one, and one notice", async () => {
    const whole = await undisturbed(prepare, sweep);
    for (let round = 0; round < 5; round++) {
      const scene = await prepared(prepare);
      await Promise.all([sweepScene(scene, sweep), sweepScene(scene, sweep)]);
      scene.watched.clock.pass(LATER);
      await sweepScene(scene, sweep);
      expect(await outcomeOf(scene)).toEqual(whole);
      expect(notices(scene)).toHaveLength(prepare === staleBackup ? 1 : 0);
    }
  });
});
