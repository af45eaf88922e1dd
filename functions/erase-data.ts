/**
 * DELETE v1/me?confirm=erase-everything: forgets the owner for good; no copy anywhere can be read any more (R35). At once, or after
 * the days in which it can be taken back, if the settings have any. Safe to repeat.
 */
import * as z from "zod";
import { HOUR } from "../lib/domain/clock.ts";
import { admit } from "../lib/domain/device.ts";
import { completeErasure, eraseDamaged, isErasureDue, requestErasure } from "../lib/domain/erasure.ts";
import { devicesOf } from "../lib/domain/owner-state.ts";
import { callerDevice } from "../lib/http/admit.ts";
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
  tellsDamage: true,
  request: {
    query: z.strictObject({
      confirm: z.literal(CONFIRMATION, `must be ${CONFIRMATION}: nothing comes back`),
    }),
  },
  /** 202: not before `eraseAt`; until then POST v1/me/keep takes it back. */
  replies: { 202: z.strictObject({ eraseAt: Timestamp }), 204: Nothing },
  problems: ["device-unknown", "device-suspended", "busy", "vault-unavailable"],
  async handle({ caller, held, heads, damage, now }, services) {
    const { owner } = caller;
    const devices = devicesOf(heads);
    const { erasureDelayHours, contactCoolingOffHours } = services.policy;
    if (damage) {
      const delayMs = Math.max(erasureDelayHours, contactCoolingOffHours) * HOUR;
      return done(await eraseDamaged(services, owner, { delayMs, now }));
    }
    if (!held || devices.length === 0) return done(undefined);
    admit(caller, devices, false, now);
    const asking = {
      caller,
      device: callerDevice(caller, heads, now),
      delayMs: erasureDelayHours * HOUR,
      now,
    };
    const { eraseAt, held: after } = await requestErasure(services, held, asking);
    if (!after || !isErasureDue(after, now)) return done(eraseAt);
    await completeErasure(services, owner, after, now);
    return done(undefined);
  },
});

/** `eraseAt`: undefined once all is gone. */
const done = (eraseAt: Date | undefined) =>
  eraseAt
    ? { status: 202 as const, body: { eraseAt: eraseAt.toISOString() } }
    : { status: 204 as const, body: undefined };
