/** Puts a code on its way to a contact. */
import { DAY, SECOND } from "../domain/clock.ts";
import type { Contact } from "../domain/contact.ts";
import { newId } from "../domain/id.ts";
import type { OwnerId } from "../domain/owner.ts";
import { tooMany } from "../domain/send-limits.ts";
import { codeLetter } from "../domain/step-up.ts";
import { callingCodeOf } from "./address.ts";
import type { Services } from "./services.ts";

/** Fails as `too-many-messages` if the number's country had its share today. */
export async function sendCode(
  { outbox, sendBudget }: Pick<Services, "outbox" | "sendBudget">,
  owner: OwnerId,
  { contact, code }: { contact: Contact; code: string },
  now: Date,
): Promise<void> {
  const { channel, address } = contact;
  if (channel === "phone" && !(await sendBudget.take("codes", callingCodeOf(address), now)))
    throw tooMany(secondsToMidnight(now));
  await outbox.put(owner, codeLetter(contact, code, newId(), now));
}

/** The budget is one of each day, UTC. */
const secondsToMidnight = (now: Date) => Math.ceil((DAY - (now.getTime() % DAY)) / SECOND);
