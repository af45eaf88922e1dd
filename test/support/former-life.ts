/** One owner's calls, whichever host answers: random steps, and what must come of each. */
import { inject } from "vitest";
import * as z from "zod";
import { type Fetch, Phone, type Reply } from "../../infra/local/phone.ts";
import { newId } from "../../lib/domain/id.ts";
import { aBackup, anAccount } from "./builders.ts";
import { anOwner, signInAt } from "./phones.ts";
import { answer, bound, codeAt, credentialIn, idIn, providerCall, recover } from "./step-up.ts";
import { aStepUpByMail } from "./step-up-by-mail.ts";
import { aProviderToken } from "./tokens.ts";

const BACKUP = "v1/backups/android";
/** Wrong codes in a row before even a right one has to wait. */
const FREE_TRIES = 5;

/** Calls go to the host `at`; `hosts`: the addresses of their APIs. */
export type Route = { hosts: readonly [string, string]; at: number };

/** The result of one step, to compare with the same step of another run. */
export type Outcome = { step: string; reply: unknown; wrong?: unknown };

type Document = ReturnType<typeof aBackup>;
type Credential = { uri: string; code?: string };

const Version = z.object({ version: z.object({ id: z.string() }) });
const Versions = z.object({ versions: z.array(z.object({ id: z.string() })) });
const Recovered = z.object({
  id: z.string(),
  accounts: z.array(
    z.object({
      account: z.looseObject({ userName: z.string() }),
      credential: z.object({ uri: z.string() }).optional(),
    }),
  ),
});

/** Sends to the host that the route names at that time. */
const routed =
  (route: Route): Fetch =>
  (url, init) =>
    fetch(url.replace(inject("surroundings").api, route.hosts[route.at] ?? ""), init);

async function aRoutedPhone(owner: string, route: Route): Promise<Phone> {
  const { api, issuer } = inject("surroundings");
  const phone = new Phone({ api, issuer, platform: "android", fetch: routed(route) });
  await phone.signIn(owner, signInAt(new Date()));
  return phone;
}

/** An owner with two devices, a contact and a proven account. */
export async function aLife(route: Route) {
  const owner = anOwner();
  const phones = [await aRoutedPhone(owner, route), await aRoutedPhone(owner, route)] as const;
  const [first, second] = phones;
  const { uploaded, personal, document, contact, recovery, id, code } = await aStepUpByMail(first);
  const { uri = "" } = credentialIn(await answer(first, id, { code }));
  await second.call("POST", "v1/devices", { body: { platform: "android", name: "second" } });
  const version = Version.parse(uploaded.body).version.id;
  return {
    route,
    phones,
    personal,
    contacts: [contact],
    former: '"none"',
    failures: 0,
    etag: uploaded.headers.get("etag") ?? "",
    current: version,
    documents: new Map<string, Document>([[version, document]]),
    credentials: new Map<Phone, Credential>([[first, { uri }]]),
    recoveries: new Map<Phone, string>([[first, recovery]]),
  };
}
export type Life = Awaited<ReturnType<typeof aLife>>;

type Ask = (past: Life, phone: Phone) => Promise<{ reply: Reply; wrong?: unknown }>;

const read =
  (path: string): Ask =>
  async (_, phone) => ({ reply: await phone.call("GET", path) });

/** A change of the backup under its present ETag; remembers the reply's. */
async function change(past: Life, phone: Phone, method: string, path: string, headers: object = {}) {
  const reply = await phone.call(method, path, { headers: { "if-match": past.etag, ...headers } });
  return { reply: remembered(past, reply) };
}

function remembered(past: Life, reply: Reply): Reply {
  const etag = reply.headers.get("etag");
  if (etag && etag !== past.etag) Object.assign(past, { former: past.etag, etag });
  return reply;
}

async function upload(past: Life, phone: Phone, headers: Record<string, string> = {}): Promise<Reply> {
  const document = aBackup([anAccount(), past.personal]);
  const call = { body: document, headers: { "if-match": past.etag, ...headers } };
  const reply = remembered(past, await phone.call("PUT", BACKUP, call));
  if (reply.status !== 200) return reply;
  past.current = Version.parse(reply.body).version.id;
  past.documents.set(past.current, document);
  if (!headers["idempotency-key"]) return reply;
  past.route.at = 1 - past.route.at;
  return await phone.call("PUT", BACKUP, call);
}

/** A credential that replaces the phone's former one; earlier guesses no longer count. */
function given(past: Life, phone: Phone, uri: string): void {
  past.credentials.set(phone, { uri });
  past.failures = 0;
}

/** The last acknowledged document comes back. */
const recovers: Ask = async (past, phone) => {
  const reply = await recover(phone);
  if (reply.status !== 200) return { reply };
  const { id, accounts } = Recovered.parse(reply.body);
  past.recoveries.set(phone, id);
  const uri = accounts.find(({ credential }) => credential)?.credential?.uri;
  if (uri !== undefined) given(past, phone, uri);
  const names = (all: { userName: unknown }[]) => all.map(({ userName }) => userName).join();
  const expected = names(past.documents.get(past.current)?.accounts ?? []);
  const came = names(accounts.map(({ account }) => account));
  return { reply, wrong: came === expected ? undefined : { came, expected } };
};

const renews: Ask = async (past, phone) => {
  const path = `v1/recoveries/${past.recoveries.get(phone) ?? newId()}/credentials`;
  const reply = await phone.call("POST", path, { body: { account: bound(past.personal) } });
  if (reply.status === 200) given(past, phone, credentialIn(reply).uri ?? "");
  return { reply };
};

/** A code is valid once. */
const verifies: Ask = async (past, phone) => {
  const credential = past.credentials.get(phone);
  const code = credential?.code ?? (credential ? codeAt(credential.uri, new Date()) : "000000");
  const isExpected = credential !== undefined && credential.code === undefined && past.failures < FREE_TRIES;
  const token = await aProviderToken("personal-sign-in", "Codes.Verify");
  const reply = await providerCall(
    { fetch: routed(past.route) },
    "v1/codes/verify",
    { account: bound(past.personal), code },
    token,
  );
  const { valid } = z.object({ valid: z.boolean() }).parse(reply.body);
  past.failures = valid ? 0 : past.failures + 1;
  if (credential) credential.code = code;
  return { reply, wrong: valid === isExpected ? undefined : { valid, isExpected } };
};

const restores: Ask = async (past, phone) => {
  const reply = await phone.call("GET", `${BACKUP}/versions`);
  if (reply.status !== 200) return { reply };
  const oldest = Versions.parse(reply.body).versions.at(-1)?.id ?? "";
  const changed = await change(past, phone, "POST", `${BACKUP}/versions/${oldest}/restore`);
  if (changed.reply.status === 200) past.current = oldest;
  return changed;
};

const addsContact: Ask = async (past, phone) => {
  const address = `canary-${crypto.randomUUID()}@mail.example`;
  const reply = await phone.call("POST", "v1/contacts", {
    body: { channel: "email", address, language: "sv" },
  });
  if (reply.status === 201) past.contacts.push(idIn(reply));
  return { reply };
};

const removesContact: Ask = async (past, phone) => ({
  reply: await phone.call("DELETE", `v1/contacts/${past.contacts.pop() ?? newId()}`),
});

const ASKS = {
  upload: async (past, phone) => ({ reply: await upload(past, phone) }),
  "upload, repeated": async (past, phone) => ({
    reply: await upload(past, phone, { "idempotency-key": crypto.randomUUID() }),
  }),
  "upload of what isn't the latest any more": async (past, phone) => ({
    reply: await upload(past, phone, { "if-match": past.former }),
  }),
  status: read(BACKUP),
  backups: read("v1/backups"),
  staleness: read(`${BACKUP}/staleness`),
  versions: read(`${BACKUP}/versions`),
  devices: read("v1/devices"),
  contacts: read("v1/contacts"),
  activity: read("v1/activity"),
  document: read(`${BACKUP}/document`),
  export: read("v1/me/export"),
  plan: async (_, phone) => ({
    reply: await phone.call("POST", "v1/recovery-plans", {
      body: { platform: "android", existingAccounts: [] },
    }),
  }),
  recover: recovers,
  recovery: async (past, phone) =>
    read(`v1/recoveries/${past.recoveries.get(phone) ?? newId()}`)(past, phone),
  renew: renews,
  verify: verifies,
  restore: restores,
  delete: (past, phone) => change(past, phone, "DELETE", BACKUP),
  undelete: (past, phone) => change(past, phone, "POST", `${BACKUP}/undelete`),
  confirm: (past, phone) => change(past, phone, "POST", `${BACKUP}/confirm`),
  rename: async (_, phone) => ({
    reply: await phone.call("PATCH", `v1/devices/${phone.deviceId}`, { body: { name: "renamed" } }),
  }),
  "add a contact": addsContact,
  "remove a contact": removesContact,
} satisfies Record<string, Ask>;

export const STEPS = Object.keys(ASKS);
/** Steps that must be refused, as their names say. */
export const REFUSING = ["upload of what isn't the latest any more"];

/** What only the first phone asks for: a former release knew no young devices (R45). */
const BY_THE_FIRST = ["export", "remove a contact"];

/** `by`: which phone. */
export type Step = { step: string; by: number; at: number };

export async function take(past: Life, { step, by, at }: Step): Promise<Outcome> {
  past.route.at = at;
  const asks: Record<string, Ask> = ASKS;
  const { reply, wrong } = (await asks[step]?.(
    past,
    past.phones[BY_THE_FIRST.includes(step) ? 0 : by] ?? past.phones[0],
  )) ?? {
    reply: undefined,
  };
  return { step, reply: reply && told(reply), ...(wrong !== undefined && { wrong }) };
}

/** Erases through one host, looks through both, and begins anew through the other. */
export async function end(past: Life, at: number): Promise<Outcome[]> {
  const [phone] = past.phones;
  const through = async (step: string, host: number, method: string, path: string, call = {}) => {
    past.route.at = host;
    return { step, reply: told(await phone.call(method, path, call)) };
  };
  const anew = { body: aBackup([anAccount()]), headers: { "if-none-match": "*" } };
  const outcomes = [
    await through("erase", at, "DELETE", "v1/me?confirm=erase-everything"),
    await through("erased, there", at, "GET", BACKUP),
    await through("erased, elsewhere", 1 - at, "GET", BACKUP),
  ];
  const begun = async () => await through("begin anew", 1 - at, "PUT", BACKUP, anew);
  const first = await begun();
  return [...outcomes, first.reply.status === 503 ? await begun() : first];
}

/**
 * Removes what differs from run to run. Log entries arrive a moment later, so only the log's being intact
 * counts.
 */
function told({ status, body }: Reply): { status: number; body: unknown } {
  return { status, body: alike(body) };
}

const WORD = /^(\/api\/problems\/)?[a-z][a-z-]{0,40}$/;
/** Log entries, the time step of the last code, and what a former release didn't tell yet. */
const APART = new Set([
  "activity",
  "entries",
  "lastStep",
  "addedBy",
  "youngUntil",
  "eldestCodeAt",
  "spentProofs",
]);

function alike(value: unknown): unknown {
  if (typeof value === "string") return WORD.test(value) ? value : "…";
  if (Array.isArray(value)) return value.map(alike);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([name]) => !APART.has(name));
  return Object.fromEntries(
    members.map(([name, each]) => [name, name === "recoveries" ? inOrder(alike(each)) : alike(each)]),
  );
}

/** Recoveries are exported in the order of their random ids. */
const inOrder = (value: unknown): unknown =>
  Array.isArray(value) ? value.map((each) => JSON.stringify(each)).toSorted() : value;
