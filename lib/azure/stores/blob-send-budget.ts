/** SendBudget on Blob Storage: one counter a day, purpose and calling code. It holds a number, and a word that makes each writing of it different. */

import type { SendBudget } from "../../domain/contacts/send-limits.ts";
import { newId } from "../../domain/id.ts";
import type { Blobs } from "./blobs.ts";

export type DailyLimits = ReadonlyMap<string, number>;

/** What is said for this code, or for `*`: all the others. */
const limitFor = (limits: DailyLimits, callingCode: string) =>
  limits.get(callingCode) ?? limits.get("*") ?? 0;

const MAX_ROUNDS = 20;

/** Refuses where it can't count: an attacker must not gain from making it busy. */
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
