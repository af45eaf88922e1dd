/** POST v1/devices: registers this device by a fresh sign-in, without recovering anything (R17). Safe to repeat. */
import * as z from "zod";
import { DeviceName, requirePlatform } from "../lib/domain/device.ts";
import { Platform } from "../lib/domain/owner.ts";
import { planRegistration } from "../lib/domain/registration.ts";
import { change } from "../lib/domain/store.ts";
import { devicesOf } from "../lib/http/admit.ts";
import { DeviceStatus, deviceStatus } from "../lib/http/device-status.ts";
import { endpoint } from "../lib/http/endpoint.ts";

export const registerDevice = endpoint({
  name: "register-device",
  summary: "Register this device",
  method: "POST",
  route: "v1/devices",
  access: "owner-fresh",
  newcomers: true,
  request: { body: z.strictObject({ platform: Platform, name: DeviceName }) },
  replies: { 201: DeviceStatus },
  problems: ["too-many-devices", "busy"],
  async handle({ caller, heads, body: { platform, name }, now }, services) {
    const held = heads[platform];
    requirePlatform(caller, { own: held?.value.devices ?? [], all: devicesOf(heads) });
    const place = { owner: caller.owner, platform };
    const { result } = await change(services.heads, place, held, (stored) =>
      planRegistration(stored, caller, name, now),
    );
    return { status: 201, body: deviceStatus(result, platform, caller) };
  },
});
