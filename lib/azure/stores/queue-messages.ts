/** Puts messages into a queue in the form that the Functions trigger reads: text in base64. */

import type { CallStorage } from "../storage-calls.ts";
import { storageUnavailable } from "./blobs.ts";

/** `delaySeconds`: how long the message stays invisible. Fails as `storage-unavailable`. */
export type SendMessage = (text: string, delaySeconds?: number) => Promise<void>;

const DEADLINE_MS = 4000;
const KEPT_SECONDS = 7 * 24 * 60 * 60;

/** `url`: of the queue. */
export const sendTo =
  (url: string, call: CallStorage): SendMessage =>
  async (text, delaySeconds = 0) => {
    const query = `?visibilitytimeout=${delaySeconds}&messagettl=${KEPT_SECONDS}`;
    const content = Buffer.from(text).toString("base64");
    await call({
      method: "POST",
      url: `${url}/messages${query}`,
      headers: { "content-type": "application/xml" },
      body: Buffer.from(`<QueueMessage><MessageText>${content}</MessageText></QueueMessage>`),
      deadlineMs: DEADLINE_MS,
    }).catch((cause: unknown) => {
      throw storageUnavailable(cause);
    });
  };
