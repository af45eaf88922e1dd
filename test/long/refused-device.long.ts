/** A new device that is refused again and again: its owner hears once an hour, and nothing untrue. */
import { expect, it } from "vitest";
import { HOUR } from "../../lib/domain/clock.ts";
import { typeOf } from "../../lib/http/problems/problem.ts";
import { problemIn } from "../functions/helpers.ts";
import { aPhone, type CheckedPhone, signInAt } from "../support/phones.ts";
import { aRecovery, bound, type Recovery, recover } from "../support/step-up.ts";

const REFUSALS = 1000;
const HOURS = 4;

/** Each message to the owner about this device: its time, id, and number of contacts. */
const toldOf = ({ watched }: Recovery, { deviceId }: CheckedPhone) =>
  watched
    .told()
    .flatMap(({ activity, recipients }) =>
      activity.device?.id === deviceId
        ? [{ kind: activity.kind, id: activity.id, recipients: recipients.length }]
        : [],
    );

it("R18 about a thousand refused recoveries from a new device its owner gets one letter an hour, and one about a recovery that succeeds", async () => {
  const scene = await aRecovery();
  const { owner, watched, personal } = scene;
  const phone = await aPhone({ owner, app: watched.app });
  const ask = () => recover(phone, { existingAccounts: [bound(personal)] });
  for (let hour = 1; hour <= HOURS; hour++) {
    for (let n = 0; n < REFUSALS / HOURS; n++)
      expect(problemIn(await ask()).type).toBe(typeOf("accounts-overlap"));
    const told = toldOf(scene, phone);
    expect(told.map(({ kind, recipients }) => ({ kind, recipients }))).toEqual(
      Array.from({ length: hour }, () => ({ kind: "recovery-requested", recipients: 1 })),
    );
    expect(new Set(told.map(({ id }) => id)).size).toBe(hour);
    watched.clock.pass(HOUR);
    await phone.signIn(owner, signInAt(watched.clock.now()));
  }
  expect(problemIn(await ask()).type).toBe(typeOf("accounts-overlap"));
  expect((await recover(phone)).status).toBe(200);
  const last = toldOf(scene, phone).slice(HOURS);
  expect(last.map(({ kind }) => kind)).toEqual(["recovery-requested", "recovered"]);
});
