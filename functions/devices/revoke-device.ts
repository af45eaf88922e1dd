/** DELETE v1/devices/{id}: revokes a device and its credentials (R17). Safe to repeat. */
import * as z from "zod";
import { revokeDevice as revoke } from "../../lib/domain/devices/repudiation.ts";
import { DeviceId } from "../../lib/domain/owner.ts";
import { endpoint, Nothing } from "../../lib/http/pipeline/endpoint.ts";

/** For good, from the next request on. */
export const revokeDevice = endpoint({
  name: "revoke-device",
  summary: "Revoke a device",
  method: "DELETE",
  route: "v1/devices/{id}",
  access: "owner",
  request: { params: z.strictObject({ id: DeviceId }) },
  replies: { 204: Nothing },
  problems: ["device-not-found", "busy"],
  async handle({ params: { id }, ...asking }, services) {
    await revoke(services, asking, id);
    return { status: 204, body: undefined };
  },
});
