/** Logs failed step-ups, so that the owner sees that somebody tries (R35). */

import { HOUR } from "../clock.ts";
import { type Asking, callerDevice } from "../devices/admission.ts";
import { Failure, type FailureKind } from "../failure.ts";
import { announce, type Outbox } from "../messages/announcement.ts";

/** Each is logged: a challenge has five tries. */
const EACH: FailureKind[] = ["answer-wrong", "ticket-invalid"];
/** Logged once an hour: their number has no limit. */
const HOURLY: FailureKind[] = [
  "account-sign-in-required",
  "sign-in-time-missing",
  "account-not-proven",
  "too-many-tries",
];
export const LOGGED = [...EACH, ...HOURLY];

/** Runs `tryIt`, logs a failed step-up, and rethrows. `recovery`: if it is known. */
export async function loggingFailure<T>(
  { outbox }: { outbox: Outbox },
  asking: Asking,
  recovery: string | undefined,
  tryIt: () => Promise<T>,
): Promise<T> {
  try {
    return await tryIt();
  } catch (error) {
    if (!(error instanceof Failure && LOGGED.includes(error.kind))) throw error;
    const { caller, now } = asking;
    const device = callerDevice(asking);
    const hour = Math.floor(now.getTime() / HOUR);
    const isHourly = HOURLY.includes(error.kind);
    const told = { kind: "step-up-failed" as const, device, recovery, recipients: [], now };
    await announce(outbox, caller.owner, {
      ...told,
      ...(isHourly && { id: `step-up-failed ${error.kind} ${device.id} ${hour}` }),
    });
    throw error;
  }
}
