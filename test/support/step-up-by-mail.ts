/** A step-up over HTTP, its codes read from the mail. */
import type { Phone } from "../../infra/local/phone.ts";
import { aBackup, anAccount, nothingYet } from "./builders.ts";
import { codeIn, waitForMessages } from "./mailbox.ts";
import { aProvablePersonal, bound, idIn, recover } from "./step-up.ts";
import { anAccountToken } from "./tokens.ts";

/**
 * The phone uploads a first backup and recovers it. `id`, `code`: of an unanswered step-up for its personal
 * account.
 */
export async function aStepUpByMail(phone: Phone) {
  const personal = aProvablePersonal();
  const document = aBackup([anAccount(), personal]);
  const uploaded = await phone.call("PUT", "v1/backups/android", { body: document, headers: nothingYet });
  const address = `canary-${crypto.randomUUID()}@mail.example`;
  const added = await phone.call("POST", "v1/contacts", {
    body: { channel: "email", address, language: "en" },
  });
  const codes = async (count: number) =>
    (await waitForMessages(address, count)).filter(({ subject }) => subject === "Your code").map(codeIn);
  const [first = ""] = await codes(1);
  const contact = idIn(added);
  await phone.call("POST", `v1/contacts/${contact}/confirm`, { body: { code: first } });
  const recovery = idIn(await recover(phone));
  const token = await anAccountToken(personal.userName, new Date());
  const started = await phone.call("POST", `v1/recoveries/${recovery}/step-ups`, {
    body: { account: bound(personal), contact },
    headers: { "account-authorization": `Bearer ${token}` },
  });
  const id = idIn(started);
  for (let count = 2; ; count = 3) {
    const [code = "", ...others] = await codes(count);
    if (others.length > 0) return { uploaded, personal, document, contact, recovery, id, code };
  }
}
