/** Phones whose every reply is checked against the endpoint's declaration. */
import { appendFileSync } from "node:fs";
import { inject } from "vitest";
import { type Call, Phone, type Platform, type Reply } from "../../infra/local/phone.ts";
import { takesBody } from "../../lib/http/pipeline/endpoint.ts";
import type { App } from "./app.ts";
import { endpointFor, expectDeclared } from "./declared.ts";
import { expectRequestDocumented } from "./documented.ts";
import { recorded } from "./traffic.ts";

export class CheckedPhone extends Phone {
  override async call(method: string, path: string, call: Call = {}): Promise<Reply> {
    const reply = await super.call(method, path, call);
    const { api, refusals } = inject("surroundings");
    if (reply.status >= 400)
      appendFileSync(refusals, `${JSON.stringify([reply.body, [...reply.headers]])}\n`);
    const { endpoint } = endpointFor(method, `${api}/${path}`, api);
    expectDeclared(endpoint, reply);
    if (reply.status < 400 && takesBody(endpoint)) expectRequestDocumented(endpoint, call);
    return reply;
  }
}

/** `app`: the phone talks to this one in the same process; without it, to the stack's host over HTTP. */
export type APhone = { owner?: string; platform?: Platform; app?: App; authTime?: Date; now?: () => Date };

/** A new device, signed in. */
export async function aPhone({
  owner = anOwner(),
  platform = "android",
  app,
  authTime,
  now = app?.services.clock,
}: APhone = {}): Promise<CheckedPhone> {
  const { api, issuer } = inject("surroundings");
  const phone = new CheckedPhone({
    api,
    issuer,
    platform,
    fetch: app?.fetch ?? recorded(globalThis.fetch),
    ...(now && { now }),
  });
  await phone.signIn(owner, signInAt(authTime ?? now?.() ?? new Date()));
  return phone;
}

/** A sign-in at that time whose token lives an hour at most, even if that time is in the future. */
export function signInAt(time: Date): { authTime: number; expiresIn: number } {
  const authTime = Math.floor(time.getTime() / 1000);
  return { authTime, expiresIn: Math.max(3600, authTime - Math.floor(Date.now() / 1000) + 3600) };
}

/** A subject that nobody else has. */
export const anOwner = () => `canary-owner-${crypto.randomUUID()}`;
