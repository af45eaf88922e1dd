/** Each call of each endpoint to storage, queue and vault: refused, or done with its answer lost. */
import { describe, it } from "vitest";
import { startSweep } from "../../functions/operations/start-sweep.ts";
import { type Prepared, prepared } from "../functions/prepared.ts";
import { named } from "../functions/requests.ts";
import {
  type Case,
  casesOf,
  expectUnharmed,
  repeatable,
  undisturbed,
  type Whole,
} from "../functions/unharmed.ts";
import { anApp } from "../support/app.ts";
import { type Break, FaultLine } from "../support/fault-line.ts";
import { anAppToWatch, type Watched } from "../support/step-up.ts";

/** A fresh instance beside the one of `watched`: each of its calls passes the line. */
function instanceOn(line: FaultLine, { clock, sent }: Watched) {
  const outbox = line.outbox({ put: async (_, item) => void sent.push(item) });
  const app = anApp({ clock: clock.now, through: line.through, keys: line.keys, outbox: () => outbox });
  const { sweepStore } = app.services;
  app.services.sweepStore = line.sweepStore({ ...sweepStore, next: async () => undefined });
  return app;
}

/** `met` is false if the request makes no such call; `spent` once it has written something of the owner's. */
async function broken(each: Case, order: Break, request: Prepared, whole: Whole) {
  const line = new FaultLine();
  const app = instanceOn(line, request.scene.watched);
  line.arm(order);
  const reply = await request.ask(app);
  const { met, written } = line;
  line.arm(undefined);
  if (!met) return { met, isSpent: true };
  const said = `${order.how} at ${order.at}`;
  await expectUnharmed(each, request, whole, { reply, app, said, hasWritten: written > 0 });
  return { met, isSpent: written > 0 && each.endpoint !== startSweep };
}

describe.concurrent.each(named(repeatable))("%s", (_, endpoint) => {
  it("R8 R32 whichever call fails: a success, or 503 that says when to repeat; nothing is lost or half done, and a repetition succeeds", async () => {
    for (const each of casesOf(endpoint)) {
      const watched = anAppToWatch();
      const whole = await undisturbed(each, watched, () => instanceOn(new FaultLine(), watched));
      for (const how of ["refused", "lost"] as const) {
        let request: Prepared | undefined;
        for (let at = 1; ; at++) {
          request ??= await prepared(endpoint, anAppToWatch(), each.variant);
          const { met, isSpent } = await broken(each, { how, at }, request, whole);
          if (!met) break;
          if (isSpent) request = undefined;
        }
      }
    }
  });
});
