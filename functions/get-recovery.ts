/** GET v1/recoveries/{id}: how far a recovery has come, so that an app that was killed goes on where it was. */
import * as z from "zod";
import { Failure } from "../lib/domain/failure.ts";
import { Id } from "../lib/domain/id.ts";
import { endpoint } from "../lib/http/endpoint.ts";
import { RecoveryStatus, recoveryStatus } from "../lib/http/recovery-status.ts";

export const getRecovery = endpoint({
  name: "get-recovery",
  summary: "How far a recovery has come",
  method: "GET",
  route: "v1/recoveries/{id}",
  access: "owner",
  tagged: true,
  request: { params: z.strictObject({ id: Id }) },
  replies: { 200: RecoveryStatus },
  problems: ["recovery-not-found", "vault-unavailable"],
  async handle({ caller, heads, params: { id }, now }, { recoveries }) {
    const stored = await recoveries.find({ owner: caller.owner, id });
    if (!stored) throw new Failure("recovery-not-found", "There is no such recovery.");
    return { status: 200, body: recoveryStatus(id, stored.value, heads, now), etag: stored.etag };
  },
});
