/** An owner with a proven code-only personal account: each recovery gives it a new credential. */
import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Call } from "../../local/phone.ts";
import type { Stack } from "../../local/stack.ts";
import { countMessages, nextMessage, signInTo } from "../demo/people.ts";
import { Owner, type Where } from "./owners.ts";

const Made = z.looseObject({ id: z.string() });

export async function ownerWithCodeAccount(stack: Stack, where: Where): Promise<Owner> {
  const owner = new Owner(where);
  await owner.signIn();
  const [userName, address] = [`${randomUUID()}@accounts.example`, `${randomUUID()}@mail.example`];
  const account = { kind: "personal", issuer: stack.addresses.issuer, userName };
  const accepted = async (method: string, path: string, call: Call) => {
    const { status, body } = await owner.call(method, path, call);
    if (status < 300) return body;
    throw new Error(`${method} ${path} answered ${status}: ${JSON.stringify(body)}`);
  };
  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    accepted("POST", path, { body, headers });
  const codeAfter = async (work: () => Promise<unknown>) => {
    const wanted = { to: address, subject: "Your code" };
    const known = await countMessages(stack, wanted);
    const { id } = Made.parse(await work());
    const { text } = await nextMessage(stack, wanted, known);
    return { id, code: /\b\d{6}\b/.exec(text)?.[0] ?? "" };
  };
  await accepted("PUT", "v1/backups/android", {
    body: { accounts: [{ ...account, usesPush: false }], settings: {} },
    headers: { "if-none-match": "*" },
  });
  const contact = await codeAfter(() => post("v1/contacts", { channel: "email", address, language: "en" }));
  await post(`v1/contacts/${contact.id}/confirm`, { code: contact.code });
  const recovery = { platform: "android", device: { name: "bench" }, existingAccounts: [] };
  const { id } = Made.parse(await post("v1/recoveries", recovery));
  const authorization = { "account-authorization": `Bearer ${await signInTo(stack, userName)}` };
  const stepUp = await codeAfter(() =>
    post(`v1/recoveries/${id}/step-ups`, { account, contact: contact.id }, authorization),
  );
  await post(`v1/step-ups/${stepUp.id}/answer`, { code: stepUp.code });
  return owner;
}
