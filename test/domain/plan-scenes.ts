/** Documents, and which of their accounts a device and its owner have, for laws of plans. */
import * as fc from "fast-check";
import { accountKey, type ExistingAccount } from "../../lib/domain/account.ts";
import type { BackupDocument } from "../../lib/domain/backup/document.ts";
import { compareWith } from "../../lib/domain/recovery/on-device.ts";
import { type Circumstances, planRecovery } from "../../lib/domain/recovery/plan.ts";
import { onDevice } from "../support/builders.ts";
import { document } from "./arbitraries.ts";

export const nowhere: Circumstances = {
  presence: [],
  bound: new Set(),
  pushing: new Set(),
  samePlatform: true,
};

/**
 * A document on either platform; some accounts are on the device, some proven; includes names it doesn't
 * hold.
 */
export const scenes = fc
  .record({
    backup: document,
    onDevice: fc.array(fc.boolean()),
    proven: fc.array(fc.boolean()),
    pushed: fc.array(fc.boolean()),
    others: fc.array(fc.uuid(), { maxLength: 3 }),
    samePlatform: fc.boolean(),
  })
  .map(({ backup, onDevice: there, proven, pushed, others, samePlatform }) => {
    const strangers = others.map(
      (userName): ExistingAccount => ({ kind: "personal", issuer: "none", userName }),
    );
    const shared = backup.accounts.filter((_, index) => there[index]).map(onDevice);
    const bound = new Set(backup.accounts.filter((_, index) => proven[index]).map(accountKey));
    const pushing = new Set(backup.accounts.filter((_, index) => pushed[index]).map(accountKey));
    return { backup, shared, strangers, bound, pushing, samePlatform };
  });
type Scene = Pick<Circumstances, "bound" | "pushing" | "samePlatform"> & {
  backup: BackupDocument;
  shared: ExistingAccount[];
  strangers: ExistingAccount[];
};
export function planned({ backup, shared, strangers, ...known }: Scene) {
  const { presence, overlapping } = compareWith(backup.accounts, [...strangers, ...shared]);
  return { outcomes: planRecovery(backup, { presence, ...known }), overlapping };
}
export const planOf = (scene: Scene) => planned(scene).outcomes;
