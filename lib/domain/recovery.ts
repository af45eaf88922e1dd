/** What comes back to a device, account by account (R11, R13, R15). The decision is pure. */
import { type Account, type AccountName, identityOf } from "./account.ts";
import { requireCurrent } from "./backup.ts";
import { type AppSettings, type BackupDocument, decodeDocument } from "./backup-document.ts";
import { later, latest, SECOND } from "./clock.ts";
import { withChange, withDevice } from "./device.ts";
import { unreadable } from "./envelope.ts";
import { Failure } from "./failure.ts";
import type { Head, HeadStore, StoredHead, Version, VersionStore } from "./head.ts";
import { type Caller, type Place, sha256 } from "./owner.ts";
import { change } from "./store.ts";

/** `keep`: the device has it already. `step-up`: it comes back by name, its credential only after more proof. */
export type Outcome =
  | { outcome: "restore"; account: Extract<Account, { kind: "third-party" }> }
  | { outcome: "keep"; account: AccountName }
  | { outcome: "step-up"; account: Exclude<Account, { kind: "third-party" }> };

export type OverlapRule = "refuse" | "keep-existing";

/** Fails as `accounts-overlap`, naming each account of `existing` that the backup holds too, by JSON pointer. */
export function planRecovery(
  document: BackupDocument,
  existing: AccountName[],
  rule: OverlapRule,
): Outcome[] {
  const onDevice = new Set(existing.map(identityOf));
  if (rule === "refuse") refuseOverlap(document, existing);
  return document.accounts.map((account) =>
    onDevice.has(identityOf(account)) ? keep(account) : bringBack(account),
  );
}

function refuseOverlap(document: BackupDocument, existing: AccountName[]): void {
  const backedUp = new Set(document.accounts.map(identityOf));
  const overlapping = existing.flatMap((account, index) =>
    backedUp.has(identityOf(account)) ? [`/existingAccounts/${index}`] : [],
  );
  if (overlapping.length === 0) return;
  throw new Failure("accounts-overlap", "The device already has accounts that are in the backup.", {
    overlapping,
  });
}

const bringBack = (account: Account): Outcome =>
  account.kind === "third-party" ? { outcome: "restore", account } : { outcome: "step-up", account };

function keep(account: Account): Outcome {
  const { kind, issuer, userName } = account;
  return {
    outcome: "keep",
    account:
      kind === "work" ? { kind, issuer, userName, tenant: account.tenant } : { kind, issuer, userName },
  };
}

/** A device proof is too old after 60 s either way (RFC 9449 §11.1), so it need not be remembered longer than this. */
const PROOF_KEPT = 130 * SECOND;
const MAX_RECOVERIES_REMEMBERED = 20;

/**
 * The head once this device has recovered: it is registered, the sign-in counts, and its proof is spent.
 * Fails as `proof-invalid` if the proof was spent before, `too-many-recoveries`, `too-many-devices` or `device-revoked`.
 */
export function recordRecovery(former: Head, caller: Caller, deviceName: string, now: Date): Head {
  const devices = withDevice(former.devices, { id: caller.device, name: deviceName }, now);
  return {
    ...former,
    devices: withChange(devices, caller.device, { name: deviceName, lastRecoveryAt: now }),
    confirmedAt: latest(former.confirmedAt, caller.authTime),
    spentProofs: spendProof(former, caller, now),
  };
}

function spendProof({ spentProofs }: Head, { proof }: Caller, now: Date): Head["spentProofs"] {
  const remembered = spentProofs.filter(({ at }) => later(at, PROOF_KEPT) > now);
  if (remembered.some(({ id }) => id === proof)) {
    throw new Failure("proof-invalid", "The device proof was used before.");
  }
  if (remembered.length >= MAX_RECOVERIES_REMEMBERED) {
    throw new Failure("too-many-recoveries", "Too many recoveries in a short time.", {
      retryAfterSeconds: PROOF_KEPT / SECOND,
    });
  }
  return [...remembered, { id: proof, at: now }];
}

export type Recovery = {
  caller: Caller;
  deviceName: string;
  existing: AccountName[];
  overlap: OverlapRule;
  now: Date;
};
export type Recovered = { accounts: Outcome[]; settings: AppSettings; version: Version };

/**
 * One vault call, one write: a lost round decides again, but opens again only if another version has become current.
 * Nothing is handed out before the write has spent the proof.
 */
export async function recover(
  { heads, versions }: { heads: HeadStore; versions: VersionStore },
  place: Place,
  held: StoredHead | undefined,
  { caller, deviceName, existing, overlap, now }: Recovery,
): Promise<{ result: Recovered; stored: StoredHead }> {
  const opened = new Map<string, BackupDocument>();
  return await change(heads, place, held, async (state) => {
    const { head, version } = requireCurrent(state);
    const next = recordRecovery(head, caller, deviceName, now);
    const document = opened.get(version.id) ?? openedDocument(version, await versions.open(place, version));
    opened.set(version.id, document);
    const accounts = planRecovery(document, existing, overlap);
    return { next, result: { accounts, settings: document.settings, version } };
  });
}

function openedDocument({ digest }: Version, content: Buffer): BackupDocument {
  if (sha256(content) !== digest) throw unreadable();
  return decodeDocument(content);
}
