/** POST v1/devices: registers this device, or readmits it, by a fresh sign-in (R17, R18). */
import * as z from "zod";
import { DeviceName } from "../../lib/domain/device.ts";
import { register } from "../../lib/domain/devices/registration.ts";
import { Platform } from "../../lib/domain/owner.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { DeviceStatus, deviceStatus } from "../../lib/http/replies/device-status.ts";

/** Recovers nothing. Notifies the owner. Safe to repeat. */
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
