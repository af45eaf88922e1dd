/** Phone 1 proves its personal and its work account, and gets a credential of its own for each. */
import * as z from "zod";
import type { Phone, Reply } from "../../local/phone.ts";
import { countMessages, nextMessage, providerCall, signInTo } from "./people.ts";
import { readQr } from "./read-qr.ts";
import { MAIL, type Scene, showProblem } from "./scenes.ts";
import { expectStatus } from "./story.ts";

export type DeviceBoundAccount = { kind: string; issuer: string; userName: string; tenant?: string };

const Made = z.looseObject({ id: z.string() });
const Credential = z.object({ credential: z.object({ uri: z.string() }) });
const Ticket = z.object({ text: z.string(), svg: z.string(), code: z.string() });

export const idIn = ({ body }: Reply) => Made.parse(body).id;
const uriIn = ({ body }: Reply) => Credential.parse(body).credential.uri;
const CODE = { to: MAIL, subject: "Your code" };
const digitsIn = (text: string) => /\b\d{6}\b/.exec(text)?.[0] ?? "";

/** The name alone: the rest belongs to the backup. */
export const nameOf = ({ kind, issuer, userName, tenant }: DeviceBoundAccount) => ({
  kind,
  issuer,
  userName,
  ...(tenant !== undefined && { tenant }),
});

export async function addContact({ story, stack, phone }: Scene): Promise<string> {
  story.chapter("Anna names a contact");
  const known = await countMessages(stack, CODE);
  const body = { channel: "email", address: MAIL, language: "en" };
  const added = await story.step(
    "POST v1/contacts: a code is on its way",
    () => expectStatus(phone.call("POST", "v1/contacts", { body }), 201),
    (reply) => String(z.looseObject({ masked: z.string() }).parse(reply.body).masked),
  );
  const { text } = await story.step("The mail arrives", () => nextMessage(stack, CODE, known), firstLine);
  await story.step("… and its code confirms the contact", () =>
    expectStatus(
      phone.call("POST", `v1/contacts/${idIn(added)}/confirm`, { body: { code: digitsIn(text) } }),
      200,
    ),
  );
  return idIn(added);
}

const Contacts = z.object({ contacts: z.array(z.looseObject({ id: z.string() })) });

/** R45: a code to a contact that was there before the phone came. */
export async function enterContactCode({ story, stack }: Scene, phone: Phone): Promise<void> {
  const { contacts } = Contacts.parse((await phone.call("GET", "v1/contacts")).body);
  const path = `v1/contacts/${contacts[0]?.id}`;
  const known = await countMessages(stack, CODE);
  await story.step("A code goes to the contact that was there before phone 2", () =>
    expectStatus(phone.call("POST", `${path}/code`), 201),
  );
  const { text } = await nextMessage(stack, CODE, known);
  await story.step("… entered there, phone 2 counts as phone 1 did", () =>
    expectStatus(phone.call("POST", `${path}/confirm`, { body: { code: digitsIn(text) } }), 200),
  );
}

const firstLine = ({ text }: { text: string }) => text.split("\n")[0] ?? "";

/** R20: the password of the account itself, then a code to the contact. Returns the otpauth URI. */
export async function provePersonal(
  { story, stack }: Scene,
  phone: Phone,
  { recovery, account, contact }: { recovery: string; account: DeviceBoundAccount; contact: string },
): Promise<string> {
  const body = { account: nameOf(account), contact };
  const path = `v1/recoveries/${recovery}/step-ups`;
  const without = await phone.call("POST", path, { body });
  story.check(
    "Without the account's own password no code is sent",
    without.status === 401,
    showProblem(without),
  );
  const known = await countMessages(stack, CODE);
  const authorization = `Bearer ${await signInTo(stack, account.userName)}`;
  const started = await story.step("Anna signs in to that account, and a code is sent", () =>
    expectStatus(
      phone.call("POST", path, { body, headers: { "account-authorization": authorization } }),
      201,
    ),
  );
  const { text } = await nextMessage(stack, CODE, known);
  const wrong = digitsIn(text) === "000000" ? "000001" : "000000";
  const refused = await phone.call("POST", `v1/step-ups/${idIn(started)}/answer`, { body: { code: wrong } });
  story.check("A wrong code is counted", refused.status === 403, showProblem(refused));
  return await story.step("The code brings the phone its own credential", async () =>
    uriIn(
      await expectStatus(
        phone.call("POST", `v1/step-ups/${idIn(started)}/answer`, { body: { code: digitsIn(text) } }),
        200,
      ),
    ),
  );
}

/** R21, R22: the provider's QR code, scanned or typed. Returns the otpauth URI. */
export async function proveWork(
  { story, stack }: Scene,
  phone: Phone,
  { recovery, account, by }: { recovery: string; account: DeviceBoundAccount; by: "camera" | "hand" },
): Promise<string> {
  const request = { account: nameOf(account), use: by === "camera" ? "now" : "printed" };
  const ticket = await story.step(
    by === "camera" ? "The provider shows a QR code" : "Anna takes the printed code from the drawer",
    async () =>
      Ticket.parse(
        await providerCall(stack, "v1/tickets", {
          client: "contoso-sign-in",
          role: "Tickets.Issue",
          body: request,
        }),
      ),
    ({ code }) => (by === "camera" ? "" : code),
  );
  const scanned = new URL(readQr(ticket.svg)).searchParams.get("code") ?? "";
  const typed = ticket.code.toLowerCase().replaceAll("-", " ").replaceAll("0", "O");
  const started = await expectStatus(
    phone.call("POST", `v1/recoveries/${recovery}/step-ups`, { body: { account: nameOf(account) } }),
    201,
  );
  return await story.step(
    by === "camera"
      ? "Scanned, it brings the phone its own credential"
      : "Typed by hand, it brings the new phone its own",
    async () =>
      uriIn(
        await expectStatus(
          phone.call("POST", `v1/step-ups/${idIn(started)}/answer`, {
            body: { ticket: by === "camera" ? scanned : typed },
          }),
          200,
        ),
      ),
    () => (by === "camera" ? "" : typed),
  );
}
