/** POST v1/recoveries/{id}/repudiate: "this was not me", from another device: its device and all it got is ended (R18). Safe to repeat. */
import * as z from "zod";
import { Failure } from "../lib/domain/failure.ts";
import { Id } from "../lib/domain/id.ts";
import { repudiate } from "../lib/domain/repudiation.ts";
import { callerDevice } from "../lib/http/admit.ts";
import { endpoint } from "../lib/http/endpoint.ts";
import { RecoveryStatus, recoveryStatus } from "../lib/http/recovery-status.ts";

export const repudiateRecovery = endpoint({
  name: "repudiate-recovery",
  summary: "Say that a recovery was not yours",
  method: "POST",
  route: "v1/recoveries/{id}/repudiate",
  access: "owner",
  request: { params: z.strictObject({ id: Id }) },
  replies: { 200: RecoveryStatus },
  problems: ["recovery-not-found", "device-not-found", "busy", "vault-unavailable"],
  async handle({ caller, heads, params: { id }, now }, services) {
    const stored = await services.recoveries.find({ owner: caller.owner, id });
    if (!stored) throw new Failure("recovery-not-found", "There is no such recovery.");
    const { device } = stored.value;
    await repudiate(services, caller.owner, device, heads, now, callerDevice(caller, heads, now));
    const status = recoveryStatus(id, stored.value, heads, now);
    return { status: 200, body: { ...status, state: "frozen" as const } };
  },
});
