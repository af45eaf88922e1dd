/** An erasure that is cut off at any of its calls: repeated it is complete, nothing of before comes back, and the owner may begin anew. */
import { describe, expect, it } from "vitest";
import { eraseData } from "../../functions/privacy/erase-data.ts";
import { expectErased } from "../functions/erased.ts";
import { anOwnerWithBackup } from "../functions/helpers.ts";
import { expectRecovered, prepared } from "../functions/prepared.ts";
import { anApp } from "../support/app.ts";
import { aBackup } from "../support/builders.ts";
import { type Break, FaultLine } from "../support/fault-line.ts";
import { aPhone, type CheckedPhone } from "../support/phones.ts";
import { anAppToWatch, codeAt, proven, type Recovery, recover, verify } from "../support/step-up.ts";

const erase = (phone: CheckedPhone) => phone.call("DELETE", "v1/me?confirm=erase-everything");

/** False if an erasure makes no such call. */
async function cutOff(order: Break, by: "the same device" | "a new device"): Promise<boolean> {
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
      while (await cutOff({ how, at }, by)) at += 1;
      expect(at).toBeGreaterThan(5);
    },
  );
});
