/** DELETE v1/devices/{id}: revokes a device and its credentials (R17). Safe to repeat. */
import * as z from "zod";
import { revokeDevice as revoke } from "../../lib/domain/devices/repudiation.ts";
import { DeviceId } from "../../lib/domain/owner.ts";
import { endpoint, Nothing } from "../../lib/http/pipeline/endpoint.ts";
import { Timestamp } from "../../lib/http/replies/backup-status.ts";

/** For good, from the next request on. */
export const revokeDevice = endpoint({
  name: "revoke-device",
  summary: "Revoke a device",
  method: "DELETE",
  route: "v1/devices/{id}",
  access: "owner",
  request: { params: z.strictObject({ id: DeviceId }) },
  /** 202: this one is young, and the other older or vouched for by a code: it is suspended, and can object until then. */
  replies: { 202: z.strictObject({ revokeAt: Timestamp }), 204: Nothing },
  problems: ["device-not-found", "device-too-new", "busy"],
  async handle({ params: { id }, ...asking }, services) {
    const revokeAt = await revoke(services, asking, id, services.policy);
    if (revokeAt) return { status: 202, body: { revokeAt: revokeAt.toISOString() } };
    return { status: 204, body: undefined };
  },
});
