/** The replies that describe a plan, a recovery and a new credential. */
import * as z from "zod";
import {
  AccountName,
  ForeignAccount,
  nameOf,
  StoredPersonal,
  StoredThirdParty,
  StoredWork,
} from "../../domain/account.ts";
import { findDevice } from "../../domain/device.ts";
import { devicesOf, type Heads } from "../../domain/owner/owner-state.ts";
import { Platform } from "../../domain/owner.ts";
import { KEEP_REASONS } from "../../domain/recovery/on-device.ts";
import { STEP_UP_REASONS } from "../../domain/recovery/plan.ts";
import { ACCOUNT_STATES, endsAt, type RecoveryRecord } from "../../domain/recovery/record.ts";
import { Timestamp } from "./backup-status.ts";

/** Refusals when a backup is opened, by custody and mode. */
export const ENVELOPE = [
  "envelope-required",
  "envelope-outdated",
  "envelope-unreadable",
  "not-in-this-mode",
] as const;

/* Whole accounts come back as backed up, including members that this version doesn't know. */

const Named = z.discriminatedUnion("kind", [StoredPersonal, StoredWork]);

/** `uri`: an otpauth URI with the secret, sent once. */
export const CodeCredential = z.strictObject({ type: z.literal("code"), uri: z.string() });
export const PushCredential = z.strictObject({ type: z.literal("push") });

const OnDevice = z.strictObject({
  outcome: z.literal("keep"),
  reason: z.enum(KEEP_REASONS),
  account: AccountName,
});
const StepUp = z.strictObject({
  outcome: z.literal("step-up"),
  reason: z.enum(STEP_UP_REASONS),
  account: Named,
});

/** What a recovery would do with an account; without secrets. */
export const PlannedAccount = z.union([
  z.strictObject({
    outcome: z.literal("restore"),
    reason: z.enum(["in-backup", "same-name", "bound"]),
    account: AccountName,
  }),
  OnDevice,
  StepUp,
]);

/** `credential` is missing if it was sent before; a lost one can be renewed. */
export const RecoveredAccount = z.union([
  z.strictObject({
    outcome: z.literal("restore"),
    reason: z.enum(["in-backup", "same-name"]),
    account: z.union([StoredThirdParty, ForeignAccount]),
  }),
  z.strictObject({
    outcome: z.literal("restore"),
    reason: z.literal("bound"),
    account: StoredPersonal,
    credential: CodeCredential.optional(),
  }),
  OnDevice,
  StepUp,
]);

export const RecoveryStatus = z.strictObject({
  id: z.string(),
  /** `frozen`: its device was revoked. */
  state: z.enum(["open", "frozen", "ended"]),
  platform: Platform,
  from: Platform,
  device: z.strictObject({ id: z.string(), name: z.string().optional() }),
  generation: z.int(),
  createdAt: Timestamp,
  endsAt: Timestamp,
  accounts: z.array(z.strictObject({ account: AccountName, state: z.enum(ACCOUNT_STATES) })),
});

export function recoveryStatus(
  id: string,
  recovery: RecoveryRecord,
  heads: Heads,
  now: Date,
): z.infer<typeof RecoveryStatus> {
  const device = findDevice(devicesOf(heads), recovery.device);
  const isOver = endsAt(recovery) <= now;
  const { platform, from, version, createdAt, accounts } = recovery;
  return {
    id,
    state: !device || device.revokedAt ? "frozen" : isOver ? "ended" : "open",
    platform,
    from,
    device: { id: recovery.device, ...(device && { name: device.name }) },
    generation: version.generation,
    createdAt: createdAt.toISOString(),
    endsAt: endsAt(recovery).toISOString(),
    accounts: accounts.map(({ account, state }) => ({ account: nameOf(account), state })),
  };
}
