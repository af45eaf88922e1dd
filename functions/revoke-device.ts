/** DELETE v1/devices/{id}: revokes one of the owner's devices and its credentials for good, from the next request on (R17). Safe to repeat. */
import * as z from "zod";
import { requireStillIn } from "../lib/domain/device.ts";
import { DeviceId } from "../lib/domain/owner.ts";
import { devicesOf, headsOf } from "../lib/domain/owner-state.ts";
import { endDevice } from "../lib/domain/repudiation.ts";
import { callerDevice } from "../lib/http/admit.ts";
import { endpoint, Nothing } from "../lib/http/endpoint.ts";

export const revokeDevice = endpoint({
  name: "revoke-device",
  summary: "Revoke a device",
  method: "DELETE",
  route: "v1/devices/{id}",
  access: "owner",
  request: { params: z.strictObject({ id: DeviceId }) },
  replies: { 204: Nothing },
  problems: ["device-not-found", "busy", "vault-unavailable"],
  async handle({ caller, held, heads, params: { id }, now }, services) {
    const told = { kind: "device-revoked" as const, by: callerDevice(caller, heads, now) };
    const ending = { owner: caller.owner, id, told, now };
    await endDevice(services, held, ending, (state) => requireStillIn(caller, devicesOf(headsOf(state))));
    return { status: 204, body: undefined };
  },
});
