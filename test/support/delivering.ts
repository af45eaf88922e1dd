/** Runs the queue's function on everything that an owner's app has queued so far. */
import { deliverMessages } from "../../functions/operations/deliver-messages.ts";
import type { Recovery } from "./step-up.ts";
import { placeOf } from "./sweeping.ts";

/** Writes the events into the log; sends nothing. */
export async function deliverAll({
  watched,
  owner: subject,
}: Pick<Recovery, "watched" | "owner">): Promise<void> {
  const services = { ...watched.app.services, messenger: { send: async () => undefined } };
  const { owner } = placeOf(subject);
  for (const item of watched.told()) await deliverMessages(services, { owner, item, isOwnerErased: false });
  for (const item of watched.sent.filter(({ type }) => type === "log-entry"))
    await deliverMessages(services, { owner, item, isOwnerErased: false });
}
