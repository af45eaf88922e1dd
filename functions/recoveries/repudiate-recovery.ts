/** POST v1/recoveries/{id}/repudiate: "this was not me", said from another device (R18). Safe to repeat. */
import * as z from "zod";
import { repudiateRecovery as repudiate } from "../../lib/domain/devices/repudiation.ts";
import { Id } from "../../lib/domain/id.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { RecoveryStatus, recoveryStatus } from "../../lib/http/replies/recovery-status.ts";

/** Ends the recovering device and everything it got. */
export const repudiateRecovery = endpoint({
  name: "repudiate-recovery",
  summary: "Say that a recovery was not yours",
  method: "POST",
  route: "v1/recoveries/{id}/repudiate",
  access: "owner",
  request: { params: z.strictObject({ id: Id }) },
  replies: { 200: RecoveryStatus },
  problems: ["recovery-not-found", "device-not-found", "device-too-new", "busy"],
  async handle({ params: { id }, heads, ...asking }, services) {
    const recovery = await repudiate(services, asking, id, services.policy);
    const status = recoveryStatus(id, recovery, heads, asking.now);
    return { status: 200, body: { ...status, state: "frozen" as const } };
  },
});
