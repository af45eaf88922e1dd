/** DELETE v1/me?confirm=erase-everything: forgets the owner for good; no copy anywhere can be read any more (R35). Safe to repeat. */
import * as z from "zod";
import { admit } from "../lib/domain/device.ts";
import { eraseOwner } from "../lib/domain/privacy.ts";
import { devicesOf } from "../lib/http/admit.ts";
import { endpoint, Nothing } from "../lib/http/endpoint.ts";

const CONFIRMATION = "erase-everything";

export const eraseData = endpoint({
  name: "erase-data",
  summary: "Erase everything that is held about the owner",
  method: "DELETE",
  route: "v1/me",
  access: "owner-fresh",
  newcomers: true,
  request: {
    query: z.strictObject({
      confirm: z.literal(CONFIRMATION, `must be ${CONFIRMATION}: nothing comes back`),
    }),
  },
  replies: { 204: Nothing },
  problems: ["device-unknown", "busy", "vault-unavailable"],
  async handle({ caller, heads, now }, services) {
    const devices = devicesOf(heads);
    if (devices.length > 0) admit(caller, devices, false);
    const { serviceOwner } = services;
    await eraseOwner(services, { owner: caller.owner, heads, serviceOwner }, now);
    return { status: 204, body: undefined };
  },
});
