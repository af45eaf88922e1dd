/** POST v1/me/keep: takes back an erasure that was asked for and hasn't begun (R35). Safe to repeat. */
import { completeErasure, isKept, withdrawErasure } from "../lib/domain/erasure.ts";
import { Failure } from "../lib/domain/failure.ts";
import { endpoint, Nothing } from "../lib/http/endpoint.ts";

export const keepData = endpoint({
  name: "keep-data",
  summary: "Take back a request to erase everything",
  method: "POST",
  route: "v1/me/keep",
  access: "owner-fresh",
  aboutLife: true,
  replies: { 204: Nothing },
  problems: ["erasure-begun", "busy", "vault-unavailable"],
  async handle({ caller: { owner }, life, now }, services) {
    await withdrawErasure(services, owner);
    if (await isKept(services, owner, life)) return { status: 204, body: undefined };
    await completeErasure(services, owner, now);
    throw new Failure("erasure-begun", "The erasure had begun, and is done.");
  },
});
