/** A recovery: opens the backup, records what comes back to which device, and tells the owner, before anything is handed out. */
import { type BoundAccount, type ExistingAccount, identityOf, nameOf } from "./account.ts";
import { alarm, type Outbox } from "./announcement.ts";
import type { StoredSettings } from "./app-settings.ts";
import { currentVersion, requireCurrent } from "./backup.ts";
import { latest } from "./clock.ts";
import { sealedContent } from "./custody.ts";
import { subjectIn, withChange, withDevice } from "./device.ts";
import { Failure } from "./failure.ts";
import { type Head, type HeadStore, newHead, type StoredHead, type Version } from "./head.ts";
import { issueCode } from "./issue.ts";
import { tellOfNewcomer } from "./newcomer.ts";
import { withEpisode } from "./notice.ts";
import { compareWith } from "./on-device.ts";
import { type Caller, sha256 } from "./owner.ts";
import { type OwnerRecord, readRecord } from "./owner-record.ts";
import { withSpentProof } from "./proof.ts";
import {
  contentIn,
  type Heads,
  knownOf,
  type Opened,
  type OpeningStores,
  openPlan,
  openVersion,
  requireReadable,
  type Wanted,
} from "./recovery-opening.ts";
import { type Outcome, type OverlapRule, planId, planRecovery, refuseOverlap } from "./recovery-plan.ts";
import {
  accountStates,
  alarmId,
  type RecoveryRecord,
  type RecoveryStore,
  recoveryId,
  requireGoingOn,
  requireInHistory,
  requireSameOutcomes,
  reusedKey,
} from "./recovery-record.ts";
import type { StalenessPolicy } from "./staleness.ts";
import { change } from "./store.ts";

/**
 * The head once this device has recovered: it is registered, the sign-in counts, and its proof is spent.
 * Fails as `proof-invalid` if the proof was spent before, `too-many-recoveries`, `too-many-devices` or `device-revoked`.
 */
export function recordRecovery(former: Head, caller: Caller, deviceName: string, now: Date): Head {
  const devices = withDevice(former.devices, { id: caller.device, name: deviceName }, now);
  return {
    ...withSpentProof(former, caller, now),
    devices: withChange(devices, caller.device, { name: deviceName, lastRecoveryAt: now }),
    confirmedAt: latest(former.confirmedAt, caller.authTime),
  };
}

export type Stores = OpeningStores & { heads: HeadStore; recoveries: RecoveryStore; outbox: Outbox };

export type Recovery = Wanted & {
  deviceName: string;
  overlap: OverlapRule;
  planSeen: string | undefined;
  idempotencyKey: string | undefined;
  staleness: StalenessPolicy;
  now: Date;
};

/** `credentials`: otpauth URIs by account identity, of the accounts that were bound; none for a repeated request (R25). */
export type Recovered = {
  id: string;
  outcomes: Outcome[];
  credentials: ReadonlyMap<string, string>;
  settings: StoredSettings;
  sealed: string | undefined;
  version: Version;
  head: StoredHead;
};

/**
 * In this order: the owner is told, the proof is spent and the device registered, the recovery recorded, credentials made; only
 * then is anything handed out. Whatever is cut off goes on when the request is repeated with its Idempotency-Key.
 */
export async function recover(stores: Stores, heads: Heads, recovery: Recovery): Promise<Recovered> {
  const { caller, platform, deviceName, now } = recovery;
  const { owner } = caller;
  recordRecovery(heads[platform]?.value ?? newHead(now), caller, deviceName, now);
  const id = recoveryId(caller, recovery.idempotencyKey);
  const former = recovery.idempotencyKey ? await stores.recoveries.find({ owner, id }) : undefined;
  const opened = await (former
    ? openAgain(stores, heads, former.value, recovery)
    : openFirst(stores, heads, recovery));
  if (!former) await tell(stores.outbox, id, heads, recovery, opened.record);
  const { stored: head } = await change(stores.heads, { owner, platform }, heads[platform], (state) => {
    if (!former) requireSameVersion(recovery, state, opened.version);
    const next = recordRecovery(state?.value ?? newHead(now), caller, deviceName, now);
    return { result: undefined, next: withEpisode(next, recovery.staleness, now) };
  });
  const record = former?.value ?? recordOf(recovery, opened);
  const created = former ? undefined : await stores.recoveries.put({ owner, id }, record, undefined);
  const credentials = created
    ? await issueBound(stores, opened.outcomes, recovery)
    : new Map<string, string>();
  const { outcomes, version, document, sealed } = opened;
  return { id, outcomes, credentials, settings: document.settings, sealed, version, head };
}

/** What it is refused for shows what the backup holds: a device that isn't registered is told of before it sees that (R18). */
async function openFirst(stores: Stores, heads: Heads, recovery: Recovery): Promise<Opened> {
  const opened = await openPlan(stores, heads, recovery);
  try {
    requireExpected(opened, recovery);
    return opened;
  } catch (error) {
    await tellOfNewcomer(stores, recovery.caller, devicesIn(heads), recovery.now);
    throw error;
  }
}

/** Fails as `accounts-overlap` or `plan-outdated`, or as `not-in-this-mode` for a plan of what only a device can read. */
function requireExpected(opened: Opened, { planSeen, overlap }: Recovery): void {
  if (planSeen !== undefined) requireReadable(opened);
  refuseOverlap(opened, overlap);
  const id = planId(opened.version.id, opened.outcomes);
  if (planSeen === undefined || planSeen === id) return;
  throw new Failure("plan-outdated", "The backup changed since the plan was made.", {
    plan: { id, accounts: opened.outcomes.map((each) => ({ ...each, account: nameOf(each.account) })) },
  });
}

/**
 * The same again: the version that was recovered then, and the outcomes of then. Fails as `idempotency-key-reused` or
 * `recovery-ended`.
 */
async function openAgain(
  stores: Stores,
  heads: Heads,
  former: RecoveryRecord,
  recovery: Recovery,
): Promise<Opened> {
  if (former.request !== requestDigest(recovery)) throw reusedKey();
  requireGoingOn(former, recovery.now);
  requireInHistory(former, requireCurrent(heads[former.from]).head);
  const { owner } = recovery.caller;
  const place = { owner, platform: former.from };
  const kept = sealedContent(
    { ...newHead(recovery.now), versions: [former.version] },
    former.version,
    recovery.envelope,
  );
  const [content, record] = await Promise.all([
    openVersion(stores.versions, place, former.version, kept),
    readRecord(stores.records, owner),
  ]);
  const { document, sealed } = contentIn(former.version, content);
  const bound = new Set(
    former.accounts
      .filter(({ state }) => state === "credential-sent")
      .map(({ account }) => identityOf(account)),
  );
  const waiting = document.accounts.filter((account) => !bound.has(identityOf(nameOf(account))));
  const { pushing } = await knownOf(waiting, record, recovery.caller, stores.credentials);
  const samePlatform = former.platform === former.from;
  const { presence, overlapping } = compareWith(document.accounts, recovery.existing);
  const outcomes = planRecovery(document, { presence, bound, pushing, samePlatform });
  requireSameOutcomes(former, outcomes);
  return { version: former.version, sealed, document, outcomes, overlapping, record };
}

/** Another upload or a deletion came between: the caller repeats, and gets what is there then. */
function requireSameVersion(
  { platform, from }: Recovery,
  state: StoredHead | undefined,
  { id }: Version,
): void {
  if (platform !== from || currentVersion(state?.value)?.id === id) return;
  throw new Failure("busy", "The backup was replaced meanwhile.", { retryAfterSeconds: 1 });
}

/** Of no fingerprint, which would be stored with it; only of whether there is one. */
const requestDigest = ({ platform, from, existing, overlap }: Recovery) =>
  sha256(JSON.stringify([platform, from, overlap, existing.map(digestible).sort()]));

function digestible(account: ExistingAccount): string {
  const { id, fingerprint } = { id: undefined, fingerprint: undefined, ...account };
  if (id === undefined && fingerprint === undefined) return identityOf(account);
  return JSON.stringify([identityOf(account), id ?? "", fingerprint !== undefined]);
}

const recordOf = (recovery: Recovery, { version, outcomes }: Opened): RecoveryRecord => ({
  device: recovery.caller.device,
  platform: recovery.platform,
  from: recovery.from,
  version,
  request: requestDigest(recovery),
  createdAt: recovery.now,
  accounts: accountStates(outcomes),
});

/** R15: accounts that use only codes and are bound to this owner get their new credentials at once. */
async function issueBound(
  stores: Stores,
  outcomes: Outcome[],
  { caller, now }: Recovery,
): Promise<Map<string, string>> {
  const bound = outcomes.flatMap((each): BoundAccount[] =>
    each.reason === "bound"
      ? [{ kind: "personal", issuer: each.account.issuer, userName: each.account.userName }]
      : [],
  );
  const issued = await issueCode(stores, caller, bound, now);
  return new Map(bound.map((account, index) => [identityOf(account), issued[index] ?? ""]));
}

const devicesIn = (heads: Heads) => Object.values(heads).flatMap((stored) => stored?.value.devices ?? []);

async function tell(
  outbox: Outbox,
  id: string,
  heads: Heads,
  { caller, deviceName, now }: Recovery,
  record: OwnerRecord,
): Promise<void> {
  const device = subjectIn(devicesIn(heads), caller.device, now, deviceName);
  const told = { kind: "recovered" as const, id: alarmId(id, now), recovery: id };
  await alarm(outbox, caller.owner, { ...told, device, record, now });
}
