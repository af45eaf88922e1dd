/** POST v1/me/keep: takes back a requested erasure that hasn't begun (R35). Safe to repeat. */
import { withdrawErasure } from "../../lib/domain/privacy/erasure.ts";
import { endpoint, Nothing } from "../../lib/http/pipeline/endpoint.ts";

export const keepData = endpoint({
  name: "keep-data",
  summary: "Take back a request to erase everything",
  method: "POST",
  route: "v1/me/keep",
  access: "owner-fresh",
  devices: "any",
  replies: { 204: Nothing },
  problems: ["erasure-begun", "device-too-new", "device-unknown", "device-suspended", "busy"],
  async handle(asking, services) {
    await withdrawErasure(services, asking, services.policy);
    return { status: 204, body: undefined };
  },
});
