/** Anna names a contact, recovers on a new phone, and proves her accounts there. */
import { HOUR } from "../../../lib/domain/clock.ts";
import { aPhone, type CheckedPhone } from "../../support/phones.ts";
import { codeAt, credentialIn, idIn, recoveredIn, startedIn, ticketIn } from "../../support/step-up.ts";
import { anAccountToken, aProviderToken } from "../../support/tokens.ts";
import * as people from "./people.ts";
import { android, type Stage } from "./stage.ts";

export async function addContact({ teller, phone, watched }: Stage): Promise<string> {
  const address = `anna-${crypto.randomUUID()}@mail.example`;
  teller.words.learn(address, "anna@mail.example");
  const added = await teller.ask("add-contact", phone, {
    name: "added",
    summary: "An e-mail address; a code is on its way",
    body: { channel: "email", address, language: "en" },
    status: 201,
  });
  const id = idIn(added);
  await teller.ask("confirm-contact", phone, {
    name: "confirmed",
    summary: "The code that was sent",
    params: { id },
    body: { code: watched.lastCode() },
    status: 200,
  });
  await teller.ask("list-contacts", phone, {
    name: "one-contact",
    summary: "One confirmed contact",
    status: 200,
  });
  return id;
}

export async function recoverOnNewPhone({ teller, owner, watched }: Stage) {
  watched.clock.pass(100 * HOUR);
  const phone = await aPhone({ owner, app: watched.app });
  const existingAccounts = people.onNewPhone();
  await teller.ask("diagnose-backup", phone, {
    name: "overlap",
    summary: "An account is on the device already",
    params: android,
    body: { existingAccounts },
    status: 200,
  });
  const planned = await teller.ask("plan-recovery", phone, {
    name: "planned",
    summary: "On a new phone that has one of the accounts",
    body: { ...android, existingAccounts },
    status: 200,
  });
  const { id: plan } = Object(planned.body);
  const recovered = await teller.ask("recover-accounts", phone, {
    name: "recovered",
    summary: "As planned",
    headers: { "idempotency-key": "b1f0a9d2-7c3e-4e5f-8a6b-0d1c2e3f4a5b" },
    status: 200,
    body: {
      ...android,
      device: { name: "Anna's new phone" },
      existingAccounts,
      overlap: "keep-existing",
      plan,
    },
  });
  const { id: recovery } = recoveredIn(recovered);
  await teller.ask("get-recovery", phone, {
    name: "open",
    summary: "Right after the recovery",
    params: { id: recovery },
    status: 200,
  });
  return { phone, recovery };
}

export async function proveAccounts(
  { teller, watched }: Stage,
  phone: CheckedPhone,
  recovery: string,
  contact: string,
): Promise<void> {
  const [personal, params] = [people.personal(), { id: recovery }];
  const token = await anAccountToken(personal.userName, watched.clock.now());
  const byCode = await teller.ask("start-step-up", phone, {
    name: "personal-account",
    summary: "A code is sent to the contact",
    params,
    headers: { "account-authorization": `Bearer ${token}` },
    body: { account: personal, contact },
    status: 201,
  });
  await teller.ask("answer-step-up", phone, {
    name: "by-code",
    summary: "The code brings a code credential",
    params: { id: startedIn(byCode).id },
    body: { code: watched.lastCode() },
    status: 200,
  });
  const byTicket = await teller.ask("start-step-up", phone, {
    name: "work-account",
    summary: "A ticket of the provider is needed",
    params,
    body: { account: people.work },
    status: 201,
  });
  const issued = await teller.ask("issue-ticket", await aProviderToken("contoso-sign-in", "Tickets.Issue"), {
    name: "now",
    summary: "A QR code for the owner to scan now",
    body: { account: people.work, use: "now" },
    status: 201,
  });
  await teller.ask("answer-step-up", phone, {
    name: "by-ticket",
    summary: "The ticket brings a push credential",
    params: { id: startedIn(byTicket).id },
    status: 200,
    body: { ticket: ticketIn(issued).code, credential: { type: "push", publicKey: people.pushKey } },
  });
  await teller.ask("send-contact-code", phone, {
    name: "sent",
    summary: "To a contact that was confirmed before this phone came",
    params: { id: contact },
    status: 201,
  });
  await teller.ask("issue-device-ticket", phone, {
    name: "for-tablet",
    summary: "For another device of the owner's",
    body: { account: people.work },
    status: 201,
  });
}

export async function askAsProvider(
  { teller, watched }: Stage,
  phone: CheckedPhone,
  recovery: string,
): Promise<void> {
  const renewed = await teller.ask("renew-credential", phone, {
    name: "renewed",
    summary: "The first one got lost on its way",
    params: { id: recovery },
    body: { account: people.personal() },
    status: 200,
  });
  const code = codeAt(credentialIn(renewed).uri ?? "", watched.clock.now());
  const token = await aProviderToken("personal-sign-in", "Codes.Verify");
  await teller.ask("verify-code", token, {
    name: "right",
    summary: "A right code",
    body: { account: people.personal(), code },
    status: 200,
  });
  await teller.ask("verify-code", token, {
    name: "used",
    summary: "The same code again: each counts once",
    body: { account: people.personal(), code },
    status: 200,
  });
  await teller.ask("verify-signature", await aProviderToken("contoso-sign-in", "Codes.Verify"), {
    name: "right",
    summary: "A signature of the push credential",
    body: { account: people.work, ...people.signedByIt },
    status: 200,
  });
  const ending = await aProviderToken("contoso-sign-in", "Credentials.End");
  await teller.ask("end-credentials", ending, {
    name: "of-one-device",
    summary: "What one device has for the account",
    body: { account: people.work, device: phone.deviceId },
    status: 204,
  });
}
