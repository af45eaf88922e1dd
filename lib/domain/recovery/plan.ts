/** The plan: what comes back to a device, account by account, and why (R11-R16). Pure. */
/** Plan and recovery share this decision. */
import {
  type AccountName,
  accountKey,
  type ForeignAccount,
  isForeign,
  nameOf,
  type StoredAccount,
  type StoredPersonal,
  type StoredThirdParty,
  type StoredWork,
} from "../account.ts";
import type { StoredDocument } from "../backup/document.ts";
import { Failure } from "../failure.ts";
import { sha256 } from "../hash.ts";
import type { KeepReason, Presence } from "./on-device.ts";

export const STEP_UP_REASONS = ["uses-push", "work-account", "not-bound", "other-platform"] as const;
type StepUpReason = (typeof STEP_UP_REASONS)[number];

/**
 * `restore`: the whole account, beside another of its name if `same-name`; a proven account that uses only
 * codes gets a new credential. `keep`: the device has it already, or may have. `step-up`: comes back by name;
 * its credential needs more proof.
 */
export type Outcome =
  | { outcome: "restore"; reason: "in-backup" | "same-name"; account: StoredThirdParty | ForeignAccount }
  | { outcome: "restore"; reason: "bound"; account: StoredPersonal }
  | { outcome: "keep"; reason: KeepReason; account: AccountName }
  | { outcome: "step-up"; reason: StepUpReason; account: StoredPersonal | StoredWork };

export type OverlapRule = "refuse" | "keep-existing";

/**
 * `presence`: of each of the document's accounts on the device. `bound`: keys of accounts that this owner has
 * proven. `pushing`: keys of those that had a push credential, even if the document denies it.
 * `samePlatform`: the backup is from the device's own platform.
 */
export type Circumstances = {
  presence: readonly Presence[];
  bound: ReadonlySet<string>;
  pushing: ReadonlySet<string>;
  samePlatform: boolean;
};

export const planRecovery = ({ accounts }: StoredDocument, circumstances: Circumstances): Outcome[] =>
  accounts.map((account, index) => {
    const presence = circumstances.presence[index] ?? "absent";
    if (presence !== "absent" && presence !== "same-name")
      return { outcome: "keep", reason: presence, account: nameOf(account) };
    return bringBack(account, presence, circumstances);
  });

function bringBack(
  account: StoredAccount,
  presence: "absent" | "same-name",
  { bound, pushing, samePlatform }: Circumstances,
): Outcome {
  if (isForeign(account) || account.kind === "third-party")
    return { outcome: "restore", reason: presence === "absent" ? "in-backup" : presence, account };
  const stepUp = (reason: StepUpReason): Outcome => ({ outcome: "step-up", reason, account });
  if (!samePlatform) return stepUp("other-platform");
  if (account.kind === "work") return stepUp("work-account");
  const identity = accountKey(account);
  if (account.usesPush || pushing.has(identity)) return stepUp("uses-push");
  return bound.has(identity) ? { outcome: "restore", reason: "bound", account } : stepUp("not-bound");
}

/** What the device should send next time, so that accounts of one name can be told apart. */
export const askAgain = (outcomes: Outcome[]): { askAgainWith?: ["fingerprint"] } =>
  outcomes.some(({ reason }) => reason === "name-only") ? { askAgainWith: ["fingerprint"] } : {};

/** JSON pointers to the device's accounts because of which the backup's are kept. */
export const pointersTo = (overlapping: number[]): string[] =>
  overlapping.map((index) => `/existingAccounts/${index}`);

type Planned = { outcomes: Outcome[]; overlapping: number[] };

/** Fails as `accounts-overlap`: by the model's rule any overlap refuses the whole recovery. */
export function refuseOverlap({ outcomes, overlapping }: Planned, rule: OverlapRule): void {
  if (rule === "keep-existing" || overlapping.length === 0) return;
  throw new Failure("accounts-overlap", "The device already has accounts that are in the backup.", {
    overlapping: pointersTo(overlapping),
    ...askAgain(outcomes),
  });
}

/** Identifies a plan: equal only if the backup and every outcome are equal. */
export function planId(versionId: string, outcomes: Outcome[]): string {
  const told = outcomes.map(({ outcome, reason, account }) => {
    const name = nameOf(account);
    return [outcome, reason, accountKey(name), ...(name.id === undefined ? [] : [name.id])];
  });
  return sha256(JSON.stringify([versionId, ...told]));
}
