/** POST v1/me/keep: takes back an erasure that was asked for and hasn't begun (R35). Safe to repeat. */
import { admit } from "../lib/domain/device.ts";
import { withdrawErasure } from "../lib/domain/erasure.ts";
import { devicesOf } from "../lib/domain/owner-state.ts";
import { endpoint, Nothing } from "../lib/http/endpoint.ts";

export const keepData = endpoint({
  name: "keep-data",
  summary: "Take back a request to erase everything",
  method: "POST",
  route: "v1/me/keep",
  access: "owner-fresh",
  newcomers: true,
  replies: { 204: Nothing },
  problems: ["erasure-begun", "device-unknown", "device-suspended", "busy", "vault-unavailable"],
  async handle({ caller, held, heads, now }, { owners }) {
    if (!held?.state.erased || devicesOf(heads).length > 0) admit(caller, devicesOf(heads), false, now);
    await withdrawErasure(owners, caller.owner, held);
    return { status: 204, body: undefined };
  },
});
