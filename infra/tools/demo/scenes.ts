/** The first and last scenes: a phone backs up, strangers try to get in, storage is searched for secrets. */
import { Phone, type Reply } from "../../local/phone.ts";
import type { Stack } from "../../local/stack.ts";
import type { Account } from "./otpauth-uri.ts";
import { findIn, readAll } from "./search-storage.ts";
import { expectStatus, type Story } from "./story.ts";

export type Scene = {
  story: Story;
  stack: Stack;
  data: string;
  printed: string[];
  accounts: Account[];
  phone: Phone;
};

export const OWNER = "anna";
export const BACKUP = "v1/backups/android";
export const SETTINGS = { sortBy: "manual", theme: "dark" };

export const MAIL = "anna@mail.example";

/** Accounts whose credentials are bound to a device: they are backed up by name only. */
export const boundAccounts = ({ addresses }: Stack) => ({
  personal: {
    kind: "personal",
    issuer: addresses.issuer,
    userName: "anna@personal.example",
    usesPush: false,
  },
  work: {
    kind: "work",
    issuer: "https://sts.example",
    tenant: "contoso",
    userName: "anna@contoso.example",
    usesPush: true,
  },
});

export const aPhone = ({ api, issuer }: Stack["addresses"], now = () => new Date()) =>
  new Phone({ api, issuer, platform: "android", now });

const etagOf = ({ headers }: Reply) => headers.get("etag") ?? "";

export async function backUp({ story, stack, phone, accounts }: Scene): Promise<void> {
  story.chapter("Phone 1 backs up");
  await story.step("Anna signs in to her recovery account", () => phone.signIn(OWNER));
  const named = Object.values(boundAccounts(stack));
  const document = { accounts: [...accounts, ...named], settings: SETTINGS };
  const first = await story.step(
    `PUT ${BACKUP}: ${accounts.length} accounts and ${named.length} by name`,
    () => expectStatus(phone.call("PUT", BACKUP, { body: document, headers: { "if-none-match": "*" } }), 201),
    (reply) => `201, ETag ${etagOf(reply)}`,
  );
  await story.step(`GET ${BACKUP}/staleness`, () => phone.call("GET", `${BACKUP}/staleness`), showStaleness);
  const second = await story.step(
    "A later upload replaces that state, and no other",
    () =>
      expectStatus(
        phone.call("PUT", BACKUP, { body: document, headers: { "if-match": etagOf(first) } }),
        200,
      ),
    (reply) => `200, ETag ${etagOf(reply)}`,
  );
  const late = await phone.call("PUT", BACKUP, { body: document, headers: { "if-match": etagOf(first) } });
  story.check("An upload that knows only the old state is refused", late.status === 412, showProblem(late));
  story.check(
    "… and the backup is as it was",
    etagOf(second) !== "" && (await etagNow(phone)) === etagOf(second),
  );
}

const etagNow = async (phone: Phone) => etagOf(await phone.call("GET", BACKUP));

export async function thinkOfStrangers({ story, stack, phone }: Scene): Promise<void> {
  story.chapter("Others try");
  const thief = aPhone(stack.addresses);
  thief.token = phone.token;
  const stolen = await thief.call("GET", BACKUP);
  story.check("Anna's token on another device gets nothing", stolen.status === 403, showProblem(stolen));
  await thief.signIn(OWNER, { authTime: Math.floor(Date.now() / 1000) - 3600 });
  const old = await thief.call("POST", "v1/recoveries", { body: recoveryOf("Thief") });
  story.check("… nor does a sign-in of an hour ago recover", old.status === 401, showProblem(old));
  await thief.signIn("eve");
  const foreign = await thief.call("POST", "v1/recoveries", { body: recoveryOf("Eve's phone") });
  story.check("Eve's own sign-in finds no backup", foreign.status === 404, showProblem(foreign));
}

export const recoveryOf = (name: string, change: object = {}) => ({
  platform: "android",
  device: { name },
  existingAccounts: [],
  ...change,
});

/** Runs once the stack has ended, so that everything is on disk. */
export async function lookAtStorage({ story, stack, data, printed, accounts, phone }: Scene): Promise<void> {
  story.chapter("What lies in storage and in the log");
  const { personal, work } = boundAccounts(stack);
  const names = [...accounts, work].flatMap(({ issuer, userName }) => [issuer, userName]);
  const own = [personal.userName, MAIL, phone.token];
  const secrets = [...accounts.map(({ otp }) => otp.secret), ...names, ...own].filter(
    (text) => text.length > 5,
  );
  const contents = [...(await readAll(data)), Buffer.from(printed.join("\n"))];
  const found = findIn(contents, secrets);
  story.check(
    `Searched for ${secrets.length} secrets and names`,
    found.length === 0,
    `${found.length} found`,
  );
  const known = ["owners/", "recoveries/", "credentials/", "tickets/", "activity/", "upload-backup"];
  const seen = findIn(contents, known);
  story.check("… by a search that does see the blobs and the log lines", seen.length === known.length);
}

export const showStaleness = ({ body }: Reply) => pick(body, "state", "indicator", "nextStep");
export const showProblem = ({ status, body }: Reply) => `${status} ${pick(body, "type")}`;

const pick = (body: unknown, ...names: string[]) =>
  Object.entries(body ?? {})
    .filter(([name]) => names.includes(name))
    .map(([, value]) => String(value))
    .join(", ");
