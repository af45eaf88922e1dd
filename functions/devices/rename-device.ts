/** PATCH v1/devices/{id}: renames one of the owner's devices. */
import * as z from "zod";
import { DeviceName } from "../../lib/domain/device.ts";
import { renameDevice as rename } from "../../lib/domain/devices/registration.ts";
import { DeviceId } from "../../lib/domain/owner.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { DeviceStatus, deviceStatus } from "../../lib/http/replies/device-status.ts";

export const renameDevice = endpoint({
  name: "rename-device",
  summary: "Rename a device",
  method: "PATCH",
  route: "v1/devices/{id}",
  access: "owner",
  request: { params: z.strictObject({ id: DeviceId }), body: z.strictObject({ name: DeviceName }) },
  replies: { 200: DeviceStatus },
  problems: ["device-not-found", "device-too-new", "busy"],
  async handle({ params: { id }, body: { name }, ...asking }, services) {
    const { device, platform } = await rename(services, asking, { id, name }, services.policy);
    return { status: 200, body: deviceStatus(device, platform, asking.caller) };
  },
});
