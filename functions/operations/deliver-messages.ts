/** The queue's function: logs what happened and sends it to each contact (R18). */
import { type Delivery, deliver, type Queued } from "../../lib/domain/messages/delivery.ts";
import type { Messenger } from "../../lib/domain/messages/messenger.ts";
import { callingCodeOf } from "../../lib/http/address.ts";
import type { Services } from "../../lib/http/services.ts";
import { wording } from "../../lib/texts/wording.ts";

type Delivering = Pick<Services, "activity" | "sendBudget" | "outbox" | "keyedHash" | "clock" | "policy"> & {
  messenger: Messenger;
};

export const deliverMessages = (
  { policy: { publicBaseUrl }, ...services }: Delivering,
  queued: Queued | undefined,
): Promise<Delivery> => deliver({ ...services, callingCodeOf, wording, publicBaseUrl }, queued);
