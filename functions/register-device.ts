/** POST v1/devices: registers this device by a fresh sign-in, without recovering anything, and tells the owner (R17, R18). Safe to repeat. */
import * as z from "zod";
import { alarm } from "../lib/domain/announcement.ts";
import { DeviceName, findDevice, subjectIn } from "../lib/domain/device.ts";
import { Platform } from "../lib/domain/owner.ts";
import { readRecord } from "../lib/domain/owner-record.ts";
import { planRegistration } from "../lib/domain/registration.ts";
import { change } from "../lib/domain/store.ts";
import { devicesOf, requireOwnPlatform } from "../lib/http/admit.ts";
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
  problems: ["too-many-devices", "busy", "vault-unavailable"],
  async handle({ caller, heads, body: { platform, name }, now }, services) {
    requireOwnPlatform(caller, heads, platform);
    const place = { owner: caller.owner, platform };
    planRegistration(heads[platform], caller, name, now);
    const devices = devicesOf(heads);
    if (!findDevice(devices, caller.device)) {
      const record = await readRecord(services.records, caller.owner);
      const told = { kind: "device-registered" as const, id: `registered ${caller.device}` };
      const device = subjectIn(devices, caller.device, now, name);
      await alarm(services.outbox, caller.owner, { ...told, device, record, now });
    }
    const { result } = await change(services.heads, place, heads[platform], (stored) =>
      planRegistration(stored, caller, name, now),
    );
    return { status: 201, body: deviceStatus(result, platform, caller) };
  },
});
