/** DELETE v1/devices/{id}: revokes one of the owner's devices for good, from the next request on (R17). Safe to repeat. */
import * as z from "zod";
import { DeviceId } from "../lib/domain/owner.ts";
import { planRevocation } from "../lib/domain/registration.ts";
import { changeAs } from "../lib/http/admit.ts";
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
  problems: ["device-not-found", "busy"],
  async handle({ caller, heads, params: { id }, now }, services) {
    const { platform, stored } = locateDevice(heads, id);
    const place = { owner: caller.owner, platform };
    await changeAs({ caller, store: services.heads, place }, stored, (latest = stored) =>
      planRevocation(latest, id, now),
    );
    return { status: 204, body: undefined };
  },
});
