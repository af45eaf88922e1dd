/** POST v1/devices: registers this device by a fresh sign-in, or lets it in again, without recovering anything, and tells the owner (R17, R18). Safe to repeat. */
import * as z from "zod";
import { DeviceName } from "../../lib/domain/device.ts";
import { register } from "../../lib/domain/devices/registration.ts";
import { Platform } from "../../lib/domain/owner.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { DeviceStatus, deviceStatus } from "../../lib/http/replies/device-status.ts";

export const registerDevice = endpoint({
  name: "register-device",
  summary: "Register this device",
  method: "POST",
  route: "v1/devices",
  access: "owner-fresh",
  devices: "any",
  request: { body: z.strictObject({ platform: Platform, name: DeviceName }) },
  replies: { 201: DeviceStatus },
  problems: ["busy"],
  async handle({ body, ...asking }, services) {
    const device = await register(services, asking, body);
    return { status: 201, body: deviceStatus(device, body.platform, asking.caller) };
  },
});
