/** DELETE v1/devices/{id}: revokes one of the owner's devices and its credentials for good, from the next request on (R17). Safe to repeat. */
import * as z from "zod";
import { announce } from "../lib/domain/announcement.ts";
import { admit } from "../lib/domain/device.ts";
import { DeviceId } from "../lib/domain/owner.ts";
import { endDevice } from "../lib/domain/repudiation.ts";
import { locateDevice } from "../lib/http/device-status.ts";
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
  async handle({ caller, heads, params: { id }, now }, services) {
    const located = locateDevice(heads, id);
    const { name } = await endDevice(services, caller.owner, id, located, now, ({ value }) =>
      admit(caller, value.devices, true),
    );
    const told = { device: { id, name }, recipients: [], now, id: `revoked ${id}` };
    await announce(services.outbox, caller.owner, { kind: "device-revoked", ...told });
    return { status: 204, body: undefined };
  },
});
