/** POST v1/devices: registers this device by a fresh sign-in, or lets it in again, without recovering anything, and tells the owner (R17, R18). Safe to repeat. */
import * as z from "zod";
import { alarm } from "../lib/domain/announcement.ts";
import { type Device, DeviceName, findDevice, isAway, subjectIn } from "../lib/domain/device.ts";
import { letIn } from "../lib/domain/letting-in.ts";
import { type Caller, Platform } from "../lib/domain/owner.ts";
import { readRecord } from "../lib/domain/owner-record.ts";
import { planRegistration } from "../lib/domain/registration.ts";
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
  problems: ["busy", "vault-unavailable"],
  async handle({ caller, heads, body: { platform, name }, now }, services) {
    requireOwnPlatform(caller, heads, platform);
    const place = { owner: caller.owner, platform };
    planRegistration(heads[platform], caller, name, now);
    const devices = devicesOf(heads);
    const known = findDevice(devices, caller.device);
    const device = subjectIn(devices, caller.device, now, name);
    if (!known || isAway(known, now)) {
      const record = await readRecord(services.records, caller.owner);
      await alarm(services.outbox, caller.owner, { ...comingOf(caller, known), device, record, now });
    }
    const { result } = await letIn(services, { place, device, now }, heads[platform], (stored) =>
      planRegistration(stored, caller, name, now),
    );
    return { status: 201, body: deviceStatus(result, platform, caller) };
  },
});

/** What is told, once each time that the device comes. */
const comingOf = ({ device }: Caller, known: Device | undefined) =>
  known
    ? { kind: "device-returned" as const, id: `returned ${device} ${known.lastSeenAt.toISOString()}` }
    : { kind: "device-registered" as const, id: `registered ${device}` };
