/** What would come back to a device, account by account, and why (R11-R16). The decision of plan and recovery alike; pure. */

import type * as z from "zod";
import {
  type Account,
  type AccountName,
  identityOf,
  nameOf,
  type PersonalAccount,
  type ThirdPartyAccount,
} from "./account.ts";
import type { BackupDocument } from "./backup-document.ts";
import { Failure } from "./failure.ts";
import { sha256 } from "./owner.ts";

type ThirdParty = z.infer<typeof ThirdPartyAccount>;
type Personal = z.infer<typeof PersonalAccount>;

export const STEP_UP_REASONS = ["uses-push", "work-account", "not-bound", "other-platform"] as const;
type StepUpReason = (typeof STEP_UP_REASONS)[number];

/**
 * `restore`: whole, or for a bound account that uses only codes, with a new credential. `keep`: the device has it already.
 * `step-up`: it comes back by name, its credential only after more proof.
 */
export type Outcome =
  | { outcome: "restore"; reason: "in-backup"; account: ThirdParty }
  | { outcome: "restore"; reason: "bound"; account: Personal }
  | { outcome: "keep"; reason: "on-device"; account: AccountName }
  | { outcome: "step-up"; reason: StepUpReason; account: Exclude<Account, ThirdParty> };

export type OverlapRule = "refuse" | "keep-existing";

/**
 * `bound`: identities of the accounts that this owner has proven. `pushing`: of those that had a push credential, whatever the
 * document says. `samePlatform`: the backup is of the device's own platform.
 */
export type Circumstances = {
  existing: AccountName[];
  bound: ReadonlySet<string>;
  pushing: ReadonlySet<string>;
  samePlatform: boolean;
};

export function planRecovery(document: BackupDocument, circumstances: Circumstances): Outcome[] {
  const onDevice = new Set(circumstances.existing.map(identityOf));
  return document.accounts.map((account) => {
    if (onDevice.has(identityOf(account)))
      return { outcome: "keep", reason: "on-device", account: nameOf(account) };
    return bringBack(account, circumstances);
  });
}

function bringBack(account: Account, { bound, pushing, samePlatform }: Circumstances): Outcome {
  if (account.kind === "third-party") return { outcome: "restore", reason: "in-backup", account };
  const stepUp = (reason: StepUpReason): Outcome => ({ outcome: "step-up", reason, account });
  if (!samePlatform) return stepUp("other-platform");
  if (account.kind === "work") return stepUp("work-account");
  const identity = identityOf(account);
  if (account.usesPush || pushing.has(identity)) return stepUp("uses-push");
  return bound.has(identity) ? { outcome: "restore", reason: "bound", account } : stepUp("not-bound");
}

/** JSON pointers of the accounts that device and backup both have. */
export function overlapOf(document: BackupDocument, existing: AccountName[]): string[] {
  const backedUp = new Set(document.accounts.map(identityOf));
  return existing.flatMap((account, index) =>
    backedUp.has(identityOf(account)) ? [`/existingAccounts/${index}`] : [],
  );
}

/** Fails as `accounts-overlap`: the model's rule is that any overlap refuses the whole recovery. */
export function refuseOverlap(document: BackupDocument, existing: AccountName[], rule: OverlapRule): void {
  const overlapping = rule === "refuse" ? overlapOf(document, existing) : [];
  if (overlapping.length === 0) return;
  throw new Failure("accounts-overlap", "The device already has accounts that are in the backup.", {
    overlapping,
  });
}

/** Names a plan: the same only if the backup and every outcome are the same. */
export const planId = (versionId: string, outcomes: Outcome[]): string =>
  sha256(
    JSON.stringify([
      versionId,
      ...outcomes.map(({ outcome, reason, account }) => [outcome, reason, identityOf(account)]),
    ]),
  );
