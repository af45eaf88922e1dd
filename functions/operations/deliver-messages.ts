/** The queue's function: logs what happened and sends it to each contact (R18). */
import type { OutboxItem } from "../../lib/domain/messages/announcement.ts";
import { type Delivery, deliver } from "../../lib/domain/messages/delivery.ts";
import type { Messenger } from "../../lib/domain/messages/messenger.ts";
import type { OwnerId } from "../../lib/domain/owner.ts";
import { callingCodeOf } from "../../lib/http/address.ts";
import type { Services } from "../../lib/http/services.ts";
import { wording } from "../../lib/texts/wording.ts";

type Delivering = Pick<Services, "activity" | "sendBudget" | "outbox" | "keyedHash" | "clock" | "policy"> & {
  messenger: Messenger;
};

export const deliverMessages = (
  { policy: { publicBaseUrl }, ...services }: Delivering,
  queued: { owner: OwnerId; item: OutboxItem } | undefined,
): Promise<Delivery> => deliver({ ...services, callingCodeOf, wording, publicBaseUrl }, queued);
