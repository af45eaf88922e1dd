/** Scenes for step-up tests: an owner with accounts to prove, a contact, a clock, and a readable outbox. */
import { TOTP, URI } from "otpauth";
import { expect, inject } from "vitest";
import * as z from "zod";
import type { Reply } from "../../infra/local/phone.ts";
import type { Account, DeviceBoundAccount } from "../../lib/domain/account.ts";
import { HOUR, later } from "../../lib/domain/clock.ts";
import type { Letter, OutboxItem } from "../../lib/domain/messages/announcement.ts";
import { RecoveredAccount } from "../../lib/http/replies/recovery-status.ts";
import { type App, type AppOptions, anApp } from "./app.ts";
import { aBackup, anAccount, aWorkAccount, nothingYet } from "./builders.ts";
import { anOwner, aPhone, type CheckedPhone, signInAt } from "./phones.ts";
import { anAccountToken, aProviderToken } from "./tokens.ts";

export type Clock = { now(): Date; pass(milliseconds: number): void };

function aClock(): Clock {
  let time = new Date();
  return {
    now: () => time,
    pass(milliseconds) {
      time = later(time, milliseconds);
    },
  };
}

/** An app whose messages stay here instead of going to the queue. */
export function anAppToWatch(options: AppOptions = {}) {
  const clock = aClock();
  const sent: OutboxItem[] = [];
  const outbox = () => ({ put: async (_: string, item: OutboxItem) => void sent.push(item) });
  const app = anApp({ clock: clock.now, outbox, ...options });
  const codes = () => sent.filter((item): item is Letter => item.type === "letter" && item.kind === "code");
  const lastCode = () => codes().at(-1)?.code ?? expect.fail("no code was sent");
  const told = () => sent.flatMap((item) => (item.type === "announcement" ? [item] : []));
  /** A fresh instance beside it; its messages don't matter. */
  const another = () =>
    anApp({ clock: clock.now, ...options, outbox: () => ({ put: async () => undefined }) });
  return { app, clock, sent, codes, lastCode, told, another };
}
export type Watched = ReturnType<typeof anAppToWatch>;

type Personal = Extract<Account, { kind: "personal" }>;
type Work = Extract<Account, { kind: "work" }>;

/** At the stack's own issuer, so that tests can sign in to it. */
export const aProvablePersonal = (change: Partial<Personal> = {}): Personal => ({
  kind: "personal",
  issuer: inject("surroundings").issuer,
  userName: `canary-${crypto.randomUUID()}@personal.example`,
  usesPush: false,
  ...change,
});

/** Of the tenant that `contoso-sign-in` answers for. */
export const aContosoAccount = (): Work => ({
  kind: "work",
  issuer: "https://sts.example",
  tenant: "contoso",
  userName: `canary-${crypto.randomUUID()}@contoso.example`,
  usesPush: true,
});

export function bound(account: Personal | Work): DeviceBoundAccount {
  const { issuer, userName } = account;
  return account.kind === "work"
    ? { kind: "work", issuer, tenant: account.tenant, userName }
    : { kind: "personal", issuer, userName };
}

export const wrongOf = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, "0");

const Added = z.looseObject({ id: z.string() });

/** A confirmed contact of the owner; the clock moves on past the cooling-off. */
export async function aContact(watched: Watched, phone: CheckedPhone, change: object = {}): Promise<string> {
  const body = {
    channel: "email",
    address: `canary-${crypto.randomUUID()}@mail.example`,
    language: "en",
    ...change,
  };
  const added = await phone.call("POST", "v1/contacts", { body });
  expect(added.status, JSON.stringify(added.body)).toBe(201);
  const { id } = Added.parse(added.body);
  const code = watched.lastCode();
  const confirmed = await phone.call("POST", `v1/contacts/${id}/confirm`, { body: { code } });
  expect(confirmed.status, JSON.stringify(confirmed.body)).toBe(200);
  return id;
}

/** A code to this contact is entered on the phone, which is young no longer then. */
export async function vouch({ lastCode }: Watched, phone: CheckedPhone, contact: string): Promise<void> {
  const sent = await phone.call("POST", `v1/contacts/${contact}/code`);
  expect(sent.status, JSON.stringify(sent.body)).toBe(201);
  const body = { code: lastCode() };
  const entered = await phone.call("POST", `v1/contacts/${contact}/confirm`, { body });
  expect(entered.status, JSON.stringify(entered.body)).toBe(200);
}

const Recovered = z.object({ id: z.string(), accounts: z.array(RecoveredAccount) });
export const recoveredIn = ({ body }: Reply) => Recovered.parse(body);
export const credentialIn = ({ body }: Reply) =>
  z.object({ credential: z.object({ type: z.string(), uri: z.string().optional() }) }).parse(body).credential;
export const startedIn = ({ body }: Reply) => z.object({ id: z.string(), needs: z.string() }).parse(body);

export const recover = (phone: CheckedPhone, change: object = {}, headers: Record<string, string> = {}) =>
  phone.call("POST", "v1/recoveries", {
    body: { platform: phone.platform, device: { name: "canary-new" }, existingAccounts: [], ...change },
    headers,
  });

/** An owner with one account of each kind, a contact, and a new phone that has recovered. */
export async function aRecovery(
  options: { watched?: Watched; owner?: string; personal?: Personal; work?: Work } = {},
) {
  const { watched = anAppToWatch(), personal = aProvablePersonal(), work = aContosoAccount() } = options;
  const { owner = anOwner() } = options;
  const { app, clock } = watched;
  const old = await aPhone({ owner, app });
  const document = aBackup([anAccount(), personal, work, aWorkAccount()]);
  const uploaded = await old.call("PUT", "v1/backups/android", { body: document, headers: nothingYet });
  expect(uploaded.status, JSON.stringify(uploaded.body)).toBe(201);
  const contact = await aContact(watched, old);
  clock.pass(100 * HOUR);
  await old.signIn(owner, signInAt(clock.now()));
  const phone = await aPhone({ owner, app });
  const reply = await recover(phone);
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
  const { id } = recoveredIn(reply);
  return { watched, owner, old, phone, recovery: id, contact, personal, work, document };
}
export type Recovery = Awaited<ReturnType<typeof aRecovery>>;

type Start = { account?: Personal | Work; contact?: string; token?: string; by?: CheckedPhone };

/** Begins a proper step-up, with a fresh sign-in to the account itself. */
export async function start(
  scene: Recovery,
  { account = scene.personal, contact, token, by }: Start = {},
): Promise<Reply> {
  const { phone, recovery, watched } = scene;
  const isPersonal = account.kind === "personal";
  const signIn =
    token ?? (isPersonal ? await anAccountToken(account.userName, watched.clock.now()) : undefined);
  return await (by ?? phone).call("POST", `v1/recoveries/${recovery}/step-ups`, {
    body: { account: bound(account), ...(isPersonal && { contact: contact ?? scene.contact }) },
    ...(signIn && { headers: { "account-authorization": `Bearer ${signIn}` } }),
  });
}

export const answer = (phone: CheckedPhone, id: string, body: object) =>
  phone.call("POST", `v1/step-ups/${id}/answer`, { body });

/** The whole step-up for a personal account; returns the otpauth URI of its code credential. */
export async function proven(scene: Recovery): Promise<string> {
  const started = await start(scene);
  expect(started.status, JSON.stringify(started.body)).toBe(201);
  const reply = await answer(scene.phone, startedIn(started).id, { code: scene.watched.lastCode() });
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
  return credentialIn(reply).uri ?? expect.fail("no code credential");
}

/** The code that an app shows for this otpauth URI at that time. */
export function codeAt(uri: string, time: Date): string {
  const totp = URI.parse(uri);
  return totp instanceof TOTP ? totp.generate({ timestamp: time.getTime() }) : expect.fail("no TOTP");
}

export const idIn = ({ body }: Reply) => Added.parse(body).id;

/** A provider's call: no device, no app version. */
export async function providerCall(
  app: Pick<App, "fetch">,
  path: string,
  body: unknown,
  token: string,
): Promise<Reply> {
  const { api } = inject("surroundings");
  const response = await app.fetch(`${api}/${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === "" ? undefined : JSON.parse(text),
  };
}

const Ticket = z.object({
  text: z.string(),
  svg: z.string(),
  code: z.string(),
  address: z.string(),
  expiresAt: z.string(),
});
export const ticketIn = ({ body }: Reply) => Ticket.parse(body);

export async function aTicket(scene: Pick<Recovery, "watched" | "work">, change: object = {}) {
  const token = await aProviderToken("contoso-sign-in", "Tickets.Issue");
  const body = { account: bound(scene.work), ...change };
  const reply = await providerCall(scene.watched.app, "v1/tickets", body, token);
  expect(reply.status, JSON.stringify(reply.body)).toBe(201);
  return ticketIn(reply);
}

export const verify = async (scene: Recovery, account: Personal | Work, code: string) =>
  await providerCall(
    scene.watched.app,
    "v1/codes/verify",
    { account: bound(account), code },
    await aProviderToken(account.kind === "work" ? "contoso-sign-in" : "personal-sign-in", "Codes.Verify"),
  );
