/** Erasures cut off or overtaken at any call: they complete, and the owner may begin anew. */
/** Nothing from before comes back. */
import { describe, expect, it } from "vitest";
import { eraseData } from "../../functions/privacy/erase-data.ts";
import { DAY } from "../../lib/domain/clock.ts";
import { erase, expectErased, overtaken, slower } from "../functions/erasure-scene.ts";
import { anOwnerWithBackup, refused } from "../functions/helpers.ts";
import { expectRecovered, prepared } from "../functions/prepared.ts";
import { everythingOf } from "../functions/stored.ts";
import { anApp } from "../support/app.ts";
import { aBackup } from "../support/builders.ts";
import { type Break, FaultLine } from "../support/fault-line.ts";
import { HoldLine } from "../support/hold-line.ts";
import { aPhone } from "../support/phones.ts";
import {
  anAppToWatch,
  answer,
  aRecovery,
  codeAt,
  idIn,
  proven,
  type Recovery,
  recover,
  start,
  verify,
} from "../support/step-up.ts";
import { sweep } from "../support/sweeping.ts";

describe("an erasure that is cut off", () => {
  /** Cuts off after `at` writes; `met` is false if there are no more. */
  async function cutOff(at: number) {
    const line = new FaultLine({ stays: true });
    const watched = anAppToWatch({ through: line.through });
    const scene = await aRecovery({ watched });
    await proven(scene);
    line.arm({ how: "lost", at });
    const { status } = await erase(scene.phone);
    const { met } = line;
    line.arm(undefined);
    return { ...scene, status, met };
  }

  it("R35 R32 at any step is completed by the sweep, the owner can begin anew, and the account is kept for them", async () => {
    let at = 1;
    for (let scene = await cutOff(at); scene.met; scene = await cutOff(++at)) {
      expect([204, 503], `cut off at ${at}`).toContain(scene.status);
      await sweep(scene.watched, "owners", scene.owner);
      await expectErased(scene.owner, { hadContact: true, said: `cut off at ${at}` });
      const { phone } = await anOwnerWithBackup({ owner: scene.owner, app: scene.watched.app });
      expect((await recover(phone)).status, `cut off at ${at}`).toBe(200);
      const other = await aRecovery({ watched: scene.watched, personal: scene.personal });
      const asked = idIn(await start(other));
      const code = scene.watched.lastCode();
      refused(await answer(other.phone, asked, { code }), "account-bound-elsewhere");
      scene.watched.clock.pass(30 * DAY);
      await proven(await aRecovery({ watched: scene.watched, personal: scene.personal }));
    }
    expect(at).toBeGreaterThan(5);
  });

  it("R35 R7 whoever begins anew after that finds nothing of the former incarnation, and loses nothing of the new one", async () => {
    let at = 1;
    for (let scene = await cutOff(at); scene.met; scene = await cutOff(++at)) {
      const later = await aPhone({ owner: scene.owner, app: scene.watched.app });
      const seen = await later.call("GET", "v1/backups/android");
      if (seen.status === 403 && Object.keys(await everythingOf(scene.owner)).length > 0) {
        await scene.phone.call("GET", "v1/backups");
      }
      await sweep(scene.watched, "owners", scene.owner);
      await anOwnerWithBackup({ owner: scene.owner, app: scene.watched.app });
      await sweep(scene.watched, "owners", scene.owner);
      expect((await recover(later)).status, `cut off at ${at}`).toBe(200);
    }
  });
});

/** False if an erasure makes no such call. */
async function brokenOff(order: Break, by: "the same device" | "a new device"): Promise<boolean> {
  const watched = anAppToWatch();
  const { scene } = await prepared(eraseData, watched);
  const code = codeAt(await proven(scene), watched.clock.now());
  const line = new FaultLine({ stays: true });
  const outbox = line.outbox({ put: async (_, item) => void watched.sent.push(item) });
  const app = anApp({
    clock: watched.clock.now,
    through: line.through,
    keys: line.keys,
    outbox: () => outbox,
  });
  scene.old.through(app.fetch);
  line.arm(order);
  const reply = await erase(scene.old);
  const { met } = line;
  line.arm(undefined);
  if (!met) return false;
  const said = `${order.how} at ${order.at}, completed by ${by}: ${reply.status}`;
  if (reply.status !== 204) {
    expect(reply.status, said).toBe(503);
    expect(Number(reply.headers.get("retry-after")), said).toBeGreaterThan(0);
  }
  await expectCompleted(scene, { by, said });
  expect((await verify(scene, scene.personal, code)).body, said).toEqual({ valid: false });
  await expectToBeginAnew(scene);
  return true;
}

/** A new device can complete only what has begun: as long as nothing is erased, it is a stranger. */
async function expectCompleted(
  { old, owner, watched }: Recovery,
  { by, said }: { by: string; said: string },
) {
  const another = await aPhone({ owner, app: watched.another() });
  if (by === "a new device") await erase(another);
  old.through(watched.another().fetch);
  expect((await erase(old)).status, said).toBe(204);
  await expectErased(owner, { hadContact: true, said });
  expect((await recover(another)).status, said).toBe(404);
}

async function expectToBeginAnew(scene: Recovery) {
  const document = aBackup();
  await anOwnerWithBackup({ owner: scene.owner, app: scene.watched.another(), document });
  await expectRecovered(scene, document);
}

describe.concurrent.each(["refused", "lost"] as const)("any call of an erasure %s", (how) => {
  it.each(["the same device", "a new device"] as const)(
    "R8 R32 R35 503 or done; completed by %s, nothing of before comes back, and the owner begins anew",
    async (by) => {
      let at = 1;
      while (await brokenOff({ how, at }, by)) at += 1;
      expect(at).toBeGreaterThan(5);
    },
  );
});

const AT_ONCE = 6;

describe.each(Object.entries(slower))("%s", (_, each) => {
  it("R8 R35 held at any of its calls while another completes the erasure, it touches nothing of the new incarnation", async () => {
    let at = each.first;
    for (let isOver = false; !isOver; at += AT_ONCE) {
      const calls = Array.from({ length: AT_ONCE }, (_, more) => at + more);
      const met = await Promise.all(
        calls.map((call) => overtaken(each, HoldLine.at(call), `held at ${call}`)),
      );
      isOver = met.includes(false);
    }
    expect(at).toBeGreaterThan(20);
  });
});
