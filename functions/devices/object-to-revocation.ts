/** POST v1/devices/{id}/object: this device objects to its revocation by a newer one (R45). Repeatable. */
import * as z from "zod";
import { locateDevice } from "../../lib/domain/devices/registration.ts";
import { objectToRevocation as object } from "../../lib/domain/devices/repudiation.ts";
import { invalid } from "../../lib/domain/failure.ts";
import { DeviceId } from "../../lib/domain/owner.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { DeviceStatus, deviceStatus } from "../../lib/http/replies/device-status.ts";

export const objectToRevocation = endpoint({
  name: "object-to-revocation",
  summary: "Object to this device's revocation",
  method: "POST",
  route: "v1/devices/{id}/object",
  access: "owner-fresh",
  devices: "objecting",
  request: { params: z.strictObject({ id: DeviceId }) },
  replies: { 200: DeviceStatus },
  problems: ["device-unknown", "device-suspended", "device-not-found", "busy"],
  async handle({ params: { id }, heads, ...asking }, services) {
    if (id !== asking.caller.device) throw invalid("path parameter id", "must be that of this device");
    const platform = locateDevice(heads, id);
    const device = await object(services, asking, services.policy);
    return { status: 200, body: deviceStatus(device, platform, asking.caller) };
  },
});
