/** GET v1/recoveries/{id}: the progress of a recovery, so that a restarted app can go on. */
import * as z from "zod";
import { Id } from "../../lib/domain/id.ts";
import { findRecovery } from "../../lib/domain/recovery/record.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { RecoveryStatus, recoveryStatus } from "../../lib/http/replies/recovery-status.ts";

export const getRecovery = endpoint({
  name: "get-recovery",
  summary: "How far a recovery has come",
  method: "GET",
  route: "v1/recoveries/{id}",
  access: "owner",
  tagged: true,
  request: { params: z.strictObject({ id: Id }) },
  replies: { 200: RecoveryStatus },
  problems: ["recovery-not-found"],
  async handle({ caller, held, heads, params: { id }, now }, { recoveries }) {
    const stored = await findRecovery(recoveries, caller.owner, held, id);
    return { status: 200, body: recoveryStatus(id, stored.value, heads, now), etag: stored.etag };
  },
});
