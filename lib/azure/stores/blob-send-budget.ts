/** SendBudget on Blob Storage: one counter per day, purpose and calling code. */
/** The counter's blob holds a number and a random word that makes each write distinct. */

import type { SendBudget } from "../../domain/contacts/send-limits.ts";
import { newId } from "../../domain/id.ts";
import type { Blobs } from "./blobs.ts";

export type DailyLimits = ReadonlyMap<string, number>;

/** The limit for this code, else the one for `*` (all others). */
const limitFor = (limits: DailyLimits, callingCode: string) =>
  limits.get(callingCode) ?? limits.get("*") ?? 0;

const MAX_ROUNDS = 20;

/** Refuses when it can't count: an attacker must gain nothing by keeping the counter busy. */
export const blobSendBudget = (backups: Blobs, limits: DailyLimits): SendBudget => ({
  async take(purpose, callingCode, now) {
    const most = limitFor(limits, callingCode);
    const name = `budgets/${now.toISOString().slice(0, 10)}/${purpose}/${callingCode}`;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const stored = await backups.read(name);
      const sent = Number(stored?.content.toString().split(" ")[0] ?? 0);
      if (!(sent < most)) return false;
      const content = Buffer.from(`${sent + 1} ${newId()}`);
      if (await backups.write(name, { content }, stored?.etag)) return true;
    }
    return false;
  },
});
