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
import { letIn } from "./letting-in.ts";
import { hourOf, isNewcomer, rememberTold, toldLately } from "./newcomer.ts";
import { withEpisode } from "./notice.ts";
import { compareWith } from "./on-device.ts";
import { type Caller, sha256 } from "./owner.ts";
import type { OwnerRecord } from "./owner-record.ts";
import { withSpentProof } from "./proof.ts";
import {
  beginOpening,
  contentIn,
  finishOpening,
  type Heads,
  knownOf,
  type Opened,
  type Opening,
  type OpeningStores,
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

/**
 * The head once this device has recovered: it is registered, the sign-in counts, and its proof is spent.
 * Fails as `proof-invalid` if the proof was spent before, `too-many-recoveries` or `device-revoked`.
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
  recordRecovery(heads[platform]?.value ?? newHead(caller.authTime), caller, deviceName, now);
  const id = recoveryId(caller, recovery.idempotencyKey);
  const opening = beginOpening(stores, heads, recovery);
  opening.catch(() => undefined);
  const former = recovery.idempotencyKey
    ? await stores.recoveries.find({ owner: caller.owner, id })
    : undefined;
  return former
    ? await recoverAgain(stores, heads, { recovery, id, opening, former: former.value })
    : await recoverFirst(stores, heads, { recovery, id, opening });
}

type Begun = { recovery: Recovery; id: string; opening: Promise<Opening> };

async function recoverFirst(stores: Stores, heads: Heads, begun: Begun): Promise<Recovered> {
  const { recovery, id } = begun;
  const { owner } = recovery.caller;
  const opened = await openFirst(stores, heads, begun);
  const head = await register(stores, heads, recovery, (state) =>
    requireSameVersion(recovery, state, opened.version),
  );
  const created = await stores.recoveries.put({ owner, id }, recordOf(recovery, opened), undefined);
  const credentials = created ? await issueBound(stores, opened.outcomes, recovery) : new Map();
  return recoveredBy(id, opened, head, credentials);
}

async function recoverAgain(
  stores: Stores,
  heads: Heads,
  { recovery, id, opening, former }: Begun & { former: RecoveryRecord },
): Promise<Recovered> {
  const opened = await openAgain(stores, heads, { recovery, opening, former });
  return recoveredBy(id, opened, await register(stores, heads, recovery), new Map());
}

/** Fails as `recordRecovery` does, and as `admitted` says. */
async function register(
  stores: Stores,
  heads: Heads,
  { caller, platform, deviceName, staleness, now }: Recovery,
  admitted: (state: StoredHead | undefined) => void = () => undefined,
): Promise<StoredHead> {
  const place = { owner: caller.owner, platform };
  const device = subjectIn(devicesIn(heads), caller.device, now, deviceName);
  const { stored } = await letIn(stores, { place, device, now }, heads[platform], (state) => {
    admitted(state);
    const next = recordRecovery(state?.value ?? newHead(caller.authTime), caller, deviceName, now);
    return { result: undefined, next: withEpisode(next, staleness, now) };
  });
  return stored;
}

const recoveredBy = (
  id: string,
  { outcomes, version, document, sealed }: Opened,
  head: StoredHead,
  credentials: Recovered["credentials"],
): Recovered => ({ id, outcomes, credentials, settings: document.settings, sealed, version, head });

/**
 * Opened and told. What a recovery is refused for shows what the backup holds, so of a device that isn't registered the owner is
 * told in any case: as of a request, and while the vault is asked (R18).
 */
async function openFirst(stores: Stores, heads: Heads, { recovery, id, ...begun }: Begun): Promise<Opened> {
  const { caller, now } = recovery;
  const opening = await begun.opening;
  const record = await opening.record;
  const open = async () => {
    const opened = await finishOpening(stores.credentials, opening, recovery);
    requireExpected(opened, recovery);
    return opened;
  };
  if (!isNewcomer(caller, devicesIn(heads), now) || toldLately(record, now)) {
    const opened = await open();
    await tell(stores.outbox, heads, recovery, record, {
      kind: "recovered",
      id: alarmId(id, now),
      recovery: id,
    });
    return opened;
  }
  const opened = open();
  opened.catch(() => undefined);
  const told = `recovery-requested ${caller.device} ${hourOf(now)}`;
  await tell(stores.outbox, heads, recovery, record, { kind: "recovery-requested", id: told, recovery: id });
  return await opened.catch(async (error: unknown) => {
    await rememberTold(stores.records, caller.owner, now);
    throw error;
  });
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
  { recovery, former, ...begun }: Omit<Begun, "id"> & { former: RecoveryRecord },
): Promise<Opened> {
  if (former.request !== requestDigest(recovery)) throw reusedKey();
  requireGoingOn(former, recovery.now);
  requireInHistory(former, requireCurrent(heads[former.from]).head);
  const opening = await begun.opening;
  const { version, from } = former;
  const { caller, existing, envelope } = recovery;
  const kept = sealedContent({ ...newHead(caller.authTime), versions: [version] }, version, envelope);
  const stored =
    version.id === opening.version.id
      ? opening.stored
      : stores.versions.read({ owner: caller.owner, platform: from }, version);
  const { document, sealed } = contentIn(version, await openVersion(version, stored, kept));
  const record = await opening.record;
  const bound = new Set(
    former.accounts
      .filter(({ state }) => state === "credential-sent")
      .map(({ account }) => identityOf(account)),
  );
  const waiting = document.accounts.filter((account) => !bound.has(identityOf(nameOf(account))));
  const { pushing } = await knownOf(waiting, record, caller, stores.credentials);
  const samePlatform = former.platform === from;
  const { presence, overlapping } = compareWith(document.accounts, existing);
  const outcomes = planRecovery(document, { presence, bound, pushing, samePlatform });
  requireSameOutcomes(former, outcomes);
  return { version, sealed, document, outcomes, overlapping, record };
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
  heads: Heads,
  { caller, deviceName, now }: Recovery,
  record: OwnerRecord,
  told: { kind: "recovered" | "recovery-requested"; id: string; recovery: string },
): Promise<void> {
  const device = subjectIn(devicesIn(heads), caller.device, now, deviceName);
  await alarm(outbox, caller.owner, { ...told, device, record, now });
}
