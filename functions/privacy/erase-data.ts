/**
 * DELETE v1/me?confirm=erase-everything: erases the owner for good (R35), once the erasure delay is over;
 * with &when=now at once, after a contact's code. Safe to repeat.
 */
import * as z from "zod";
import { eraseOwner } from "../../lib/domain/privacy/erasure.ts";
import { endpoint, Nothing } from "../../lib/http/pipeline/endpoint.ts";
import { Timestamp } from "../../lib/http/replies/backup-status.ts";

const CONFIRMATION = "erase-everything";

/** No copy stays readable. While the erasure waits, the owner can take it back. */
export const eraseData = endpoint({
  name: "erase-data",
  summary: "Erase everything that is held about the owner",
  method: "DELETE",
  route: "v1/me",
  access: "owner-fresh",
  devices: "any",
  tolerates: ["damage"],
  request: {
    query: z.strictObject({
      confirm: z.literal(CONFIRMATION, `must be ${CONFIRMATION}: nothing comes back`),
      when: z.literal("now", "must be now, or left out").optional(),
    }),
  },
  /** 202: the erasure happens at `eraseAt` at the earliest; until then POST v1/me/keep takes it back. */
  replies: { 202: z.strictObject({ eraseAt: Timestamp }), 204: Nothing },
  problems: ["contact-code-required", "device-unknown", "device-suspended", "busy"],
  async handle(asking, services) {
    const { when } = asking.query;
    const eraseAt = await eraseOwner(services, { ...asking, when }, services.policy);
    if (eraseAt) return { status: 202, body: { eraseAt: eraseAt.toISOString() } };
    return { status: 204, body: undefined };
  },
});
