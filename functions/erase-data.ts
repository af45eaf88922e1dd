/**
 * DELETE v1/me?confirm=erase-everything: forgets the owner for good; no copy anywhere can be read any more (R35). At once, or after
 * the days in which it can be taken back, if the settings have any. Safe to repeat.
 */
import * as z from "zod";
import { HOUR } from "../lib/domain/clock.ts";
import { admit } from "../lib/domain/device.ts";
import { announceErasure, completeErasure, requestErasure } from "../lib/domain/erasure.ts";
import { callerDevice, devicesOf } from "../lib/http/admit.ts";
import { Timestamp } from "../lib/http/backup-status.ts";
import { endpoint, Nothing } from "../lib/http/endpoint.ts";

const CONFIRMATION = "erase-everything";

export const eraseData = endpoint({
  name: "erase-data",
  summary: "Erase everything that is held about the owner",
  method: "DELETE",
  route: "v1/me",
  access: "owner-fresh",
  newcomers: true,
  aboutLife: true,
  request: {
    query: z.strictObject({
      confirm: z.literal(CONFIRMATION, `must be ${CONFIRMATION}: nothing comes back`),
    }),
  },
  /** 202: not before `eraseAt`; until then POST v1/me/keep takes it back. */
  replies: { 202: z.strictObject({ eraseAt: Timestamp }), 204: Nothing },
  problems: ["device-unknown", "device-suspended", "busy", "vault-unavailable"],
  async handle({ caller, heads, life, now }, services) {
    const { owner, device } = caller;
    const devices = devicesOf(heads);
    if (devices.length > 0) admit(caller, devices, false, now);
    // There was nothing when it was asked for: what has come since isn't meant.
    if (life === undefined) return { status: 204, body: undefined };
    const delayMs = devices.length > 0 ? services.policy.erasureDelayHours * HOUR : 0;
    const announced = { device: callerDevice(caller, heads, now), delayMs, now };
    if (delayMs > 0) await announceErasure(services, owner, announced);
    const eraseAt = await requestErasure(services, owner, { device, life, delayMs, now });
    if (await completeErasure(services, owner, now)) return { status: 204, body: undefined };
    return { status: 202, body: { eraseAt: eraseAt.toISOString() } };
  },
});
