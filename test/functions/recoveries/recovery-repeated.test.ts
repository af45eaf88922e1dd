/** Recoveries repeated late: after their record was swept, or after their version left the history. */
import { describe, expect, it } from "vitest";
import { DAY, HOUR } from "../../../lib/domain/clock.ts";
import { replacing } from "../../support/builders.ts";
import { deliverAll } from "../../support/delivering.ts";
import { aPhone, type CheckedPhone, signInAt } from "../../support/phones.ts";
import { aRecovery, type Recovery, recover, recoveredIn } from "../../support/step-up.ts";
import { sweep } from "../../support/sweeping.ts";
import { refused, upload } from "../helpers.ts";

const aKey = () => ({ "idempotency-key": crypto.randomUUID() });
const toldOf = ({ watched }: Recovery, id: string) =>
  watched.told().flatMap(({ activity }) => (activity.recovery === id ? [activity] : []));

async function later(scene: Recovery, phone: CheckedPhone, milliseconds: number): Promise<void> {
  scene.watched.clock.pass(milliseconds);
  await phone.signIn(scene.owner, signInAt(scene.watched.clock.now()));
}

describe.concurrent("a recovery that is repeated with its Idempotency-Key", () => {
  it("R8 R18 isn't told again while its record exists; once that was swept, it is new, told and logged as such", async () => {
    const scene = await aRecovery();
    const { watched, owner } = scene;
    const [phone, key] = [await aPhone({ owner, app: watched.app }), aKey()];
    const { id } = recoveredIn(await recover(phone, {}, key));
    for (const milliseconds of [2 * HOUR, 6 * DAY]) {
      await later(scene, phone, milliseconds);
      expect(recoveredIn(await recover(phone, {}, key)).id).toBe(id);
      expect(toldOf(scene, id)).toHaveLength(1);
    }
    await later(scene, phone, 2 * DAY);
    await sweep(watched, "recoveries", owner);
    expect((await recover(phone, {}, key)).status).toBe(200);
    const told = toldOf(scene, id);
    expect(new Set(told.map((activity) => activity.id)).size).toBe(2);
    await deliverAll(scene);
    const log = await phone.call("GET", "v1/activity");
    expect(JSON.stringify(log.body).split(`"recovery":"${id}"`)).toHaveLength(3);
  });

  it("R8 R30 has ended once its version has left the history, swept or not; with another key it is a new one", async () => {
    const scene = await aRecovery();
    const { watched, owner } = scene;
    const [phone, key] = [await aPhone({ owner, app: watched.app }), aKey()];
    // What was there before today stays for a week.
    await upload(phone, { headers: replacing(await recover(phone)) });
    let newest = await recover(phone, {}, key);
    for (let uploads = 0; uploads < 9; uploads++)
      newest = await upload(phone, { headers: replacing(newest) });
    newest = await recover(phone, {}, key);
    expect(newest.status).toBe(200);
    await upload(phone, { headers: replacing(newest) });
    await upload(phone, { headers: replacing(await phone.call("GET", "v1/backups/android")) });
    refused(await recover(phone, {}, key), "recovery-ended");
    await later(scene, phone, 2 * HOUR);
    await sweep(watched, "orphans", owner);
    refused(await recover(phone, {}, key), "recovery-ended");
    expect((await recover(phone, {}, aKey())).status).toBe(200);
  });
});
