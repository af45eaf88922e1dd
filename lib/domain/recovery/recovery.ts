/** A recovery: opens the backup, records what comes back to which device, notifies, then hands it out. */
import { accountKey, type DeviceBoundAccount, type ExistingAccount, nameOf } from "../account.ts";
import type { StoredSettings } from "../backup/app-settings.ts";
import { currentVersion, requireCurrent } from "../backup/backup.ts";
import { sealedContent } from "../backup/custody.ts";
import { type Head, newHead, type StoredHead, type Version, type Wrapping } from "../backup/head.ts";
import { withSpentProof } from "../backup/spent-proofs.ts";
import { withEpisode } from "../backup/stale-notice.ts";
import type { StalenessPolicy } from "../backup/staleness.ts";
import { hourOf, latest } from "../clock.ts";
import { issueCodes, withBindings } from "../credentials/issue.ts";
import { alarmDeviceIn, type Device, withChange, withDevice } from "../device.ts";
import { type Asking, requireOwnPlatform } from "../devices/admission.ts";
import { letIn } from "../devices/letting-in.ts";
import { Failure } from "../failure.ts";
import { sha256 } from "../hash.ts";
import { newId } from "../id.ts";
import { alarm, type Outbox } from "../messages/announcement.ts";
import type { OwnerRecord } from "../owner/owner-record.ts";
import {
  devicesOf,
  headIn,
  headsOf,
  newState,
  type OwnerState,
  recoveryIn,
  withHead,
  withRecovery,
} from "../owner/owner-state.ts";
import { type OwnerStore, recordIn, type StoredOwner } from "../owner/owner-store.ts";
import type { Caller } from "../owner.ts";
import { compareWith } from "./on-device.ts";
import {
  beginOpening,
  type CrossPlatformRule,
  contentIn,
  finishOpening,
  knownOf,
  type Opened,
  type OpeningRequest,
  type OpeningStores,
  openVersion,
  requirePortable,
  requireReadable,
} from "./opening.ts";
import { type Outcome, type OverlapRule, planId, planRecovery, refuseOverlap } from "./plan.ts";
import {
  accountStates,
  alarmId,
  endsAt,
  type RecoveryRecord,
  type RecoveryStore,
  recoveryId,
  requireGoingOn,
  requireInHistory,
  requireSameOutcomes,
  reusedKey,
} from "./record.ts";
import { isUnregistered, rememberTold, toldLately } from "./unregistered-device.ts";

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

export type RecoveryPorts = OpeningStores & { owners: OwnerStore; recoveries: RecoveryStore; outbox: Outbox };

type Recovery = OpeningRequest & {
  deviceName: string;
  overlap: OverlapRule;
  planSeen: string | undefined;
  idempotencyKey: string | undefined;
  staleness: StalenessPolicy;
  crossPlatformRecovery: CrossPlatformRule;
  now: Date;
};

/**
 * `credentials`: otpauth URIs by account identity, of the accounts that were bound; none for a repeated
 * request (R25).
 */
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
 * In this order: the owner is told; the device is registered, its proof spent, and the recovery recorded;
 * credentials are made; only then is anything handed out. Whatever is cut off goes on when the request is
 * repeated with its Idempotency-Key.
 */
export async function recover(
  stores: RecoveryPorts,
  asking: Asking,
  wanted: Omit<Recovery, "caller" | "now">,
): Promise<Recovered> {
  const { caller, held, now } = asking;
  const recovery = { ...wanted, caller, now };
  const { platform, deviceName } = wanted;
  requireOwnPlatform(asking, platform);
  requirePortable(recovery, recovery.crossPlatformRecovery);
  // Check what would refuse it in the end before anybody is told.
  const own = headIn(held?.state, platform)?.value ?? newHead(caller.authTime);
  recordRecovery(own, caller, deviceName, now);
  const id = recoveryId(caller, recovery.idempotencyKey);
  const former = await findFormer(stores, held, caller, id);
  return former
    ? await recoverAgain(stores, held, { recovery, id, former })
    : await recoverFirst(stores, held, { recovery, id }).catch(async (error: unknown) => {
        if (!(error instanceof Overtaken)) throw error;
        return await recover(stores, { caller, held: await stores.owners.find(caller.owner), now }, wanted);
      });
}

async function findFormer(
  { recoveries }: RecoveryPorts,
  held: StoredOwner | undefined,
  { owner }: Caller,
  id: string,
): Promise<RecoveryRecord | undefined> {
  const record = recoveryIn(held?.state, id)?.record;
  return record === undefined ? undefined : (await recoveries.find({ owner, record }))?.value;
}

type Begun = { recovery: Recovery; id: string };

async function recoverFirst(
  stores: RecoveryPorts,
  held: StoredOwner | undefined,
  begun: Begun,
): Promise<Recovered> {
  const { recovery, id } = begun;
  const { caller, now } = recovery;
  stores.owners.prepare(caller.owner);
  const opened = await openFirst(stores, held, begun);
  const bound = boundIn(opened.outcomes);
  const [recorded, record] = [recordOf(recovery, opened), newId()];
  const open = { id, device: caller.device, record, endsAt: endsAt(recorded) };
  const recording = stores.recoveries.put({ owner: caller.owner, record }, recorded, undefined);
  const registering = register(stores, held, recovery, async (latest) => {
    requireSameVersion(recovery, latest, opened.version);
    requireFirst(latest, held, id);
    return {
      ...(bound.length > 0 && { record: withBindings(await recordIn(latest), caller, bound, now) }),
      state: (state) => withRecovery(state, open, now),
    };
  });
  const [{ head, held: after }] = await Promise.all([registering, recording]);
  const issued = await issueCodes(stores.credentials, caller, after, bound, now);
  const credentials = new Map(bound.map((account, index) => [accountKey(account), issued[index] ?? ""]));
  return recoveredBy(id, opened, head, credentials);
}

async function recoverAgain(
  stores: RecoveryPorts,
  held: StoredOwner | undefined,
  { recovery, id, former }: Begun & { former: RecoveryRecord },
): Promise<Recovered> {
  const opened = await openAgain(stores, held, recovery, former);
  const { head } = await register(stores, held, recovery);
  return recoveredBy(id, opened, head, new Map());
}

/** What else is to be stored with the registration. */
type Beside = { record?: OwnerRecord; state(state: OwnerState): OwnerState };

/** Fails as `recordRecovery` does, and as `beside` says. */
async function register(
  stores: RecoveryPorts,
  held: StoredOwner | undefined,
  { caller, platform, deviceName, staleness, now }: Recovery,
  beside: (latest: StoredOwner | undefined) => Promise<Beside> | undefined = () => undefined,
): Promise<{ head: StoredHead; held: StoredOwner | undefined }> {
  const place = { owner: caller.owner, platform };
  const device = alarmDeviceIn(devicesOf(headsOf(held?.state)), caller.device, now, deviceName);
  const { held: after } = await letIn(stores, { place, device, now }, held, async (latest) => {
    const also = await beside(latest);
    const former = headIn(latest?.state, platform)?.value ?? newHead(caller.authTime);
    const head = withEpisode(recordRecovery(former, caller, deviceName, now), staleness, now);
    const state = withHead(latest?.state ?? newState(), platform, head);
    const next = { ...(also?.record && { record: also.record }), state: also?.state(state) ?? state };
    return { result: undefined, next };
  });
  return { head: headIn(after?.state, platform) ?? fail(), held: after };
}

function fail(): never {
  throw new RangeError("the recovery stored nothing");
}

/** The same request came at the same time and was faster: this one gets what that one got. */
class Overtaken extends Failure {
  constructor() {
    super("busy", "The same recovery is under way.", { retryAfterSeconds: 1 });
  }
}

function requireFirst(latest: StoredOwner | undefined, held: StoredOwner | undefined, id: string): void {
  if (recoveryIn(latest?.state, id)?.record !== recoveryIn(held?.state, id)?.record) throw new Overtaken();
}

const recoveredBy = (
  id: string,
  { outcomes, version, document, sealed }: Opened,
  head: StoredHead,
  credentials: Recovered["credentials"],
): Recovered => ({ id, outcomes, credentials, settings: document.settings, sealed, version, head });

/**
 * Opened and told. What a recovery is refused for shows what the backup holds, so of a device that isn't
 * registered the owner is told in any case: as of a request, and while the vault is asked (R18).
 */
async function openFirst(
  stores: RecoveryPorts,
  held: StoredOwner | undefined,
  { recovery, id }: Begun,
): Promise<Opened> {
  const { caller, now } = recovery;
  const opening = beginOpening(held, recovery.from);
  const devices = devicesOf(headsOf(held?.state));
  const record = await opening.record;
  const open = async () => {
    const opened = await finishOpening(stores, opening, recovery);
    requireExpected(opened, recovery);
    return opened;
  };
  if (!isUnregistered(caller, devices, now) || toldLately(record, now)) {
    const opened = await open();
    const told = { kind: "recovered" as const, id: alarmId(id, now), recovery: id };
    await tell(stores.outbox, devices, recovery, record, told);
    return opened;
  }
  const opened = open();
  opened.catch(() => undefined);
  const told = { kind: "recovery-requested" as const, recovery: id };
  const alarmed = `recovery-requested ${caller.device} ${hourOf(now)} ${held?.incarnation ?? ""}`;
  await tell(stores.outbox, devices, recovery, record, { ...told, id: alarmed });
  return await opened.catch(async (error: unknown) => {
    await rememberTold(stores.owners, caller.owner, held, now);
    throw error;
  });
}

/**
 * Fails as `accounts-overlap` or `plan-outdated`, or as `not-in-this-mode` for a plan of what only a device
 * can read.
 */
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
 * The same again: the version that was recovered then, and the outcomes of then. Fails as
 * `idempotency-key-reused` or `recovery-ended`.
 */
async function openAgain(
  stores: RecoveryPorts,
  held: StoredOwner | undefined,
  recovery: Recovery,
  former: RecoveryRecord,
): Promise<Opened> {
  if (former.request !== requestDigest(recovery)) throw reusedKey();
  requireGoingOn(former, recovery.now);
  const { head } = requireCurrent(headIn(held?.state, former.from));
  requireInHistory(former, head);
  const { from } = former;
  const version = { ...former.version, ...wrappingIn(head, former.version.id) };
  const opening = beginOpening(held, from);
  const { caller, existing, envelope } = recovery;
  const kept = sealedContent({ ...newHead(caller.authTime), versions: [version] }, version, envelope);
  const place = { owner: caller.owner, platform: from };
  const content = await openVersion(stores.versions, place, version, opening.held, kept);
  const { document, sealed } = contentIn(version, content);
  const record = await opening.record;
  const bound = new Set(
    former.accounts
      .filter(({ state }) => state === "credential-sent")
      .map(({ account }) => accountKey(account)),
  );
  const waiting = document.accounts.filter((account) => !bound.has(accountKey(nameOf(account))));
  const { pushing } = await knownOf(waiting, record, caller, stores.credentials);
  const samePlatform = former.platform === from;
  const { presence, overlapping } = compareWith(document.accounts, existing);
  const outcomes = planRecovery(document, { presence, bound, pushing, samePlatform });
  requireSameOutcomes(former, outcomes);
  return { version, sealed, document, outcomes, overlapping, record };
}

/** By now another key may wrap it (R38). */
function wrappingIn({ versions }: Head, id: string): Partial<Wrapping> {
  const stored = versions.find((version) => version.id === id);
  return stored ? { keyId: stored.keyId, wrappedKey: stored.wrappedKey } : {};
}

/** Another upload or a deletion came between: the caller repeats, and gets what is there then. */
function requireSameVersion({ from }: Recovery, latest: StoredOwner | undefined, { id }: Version): void {
  if (currentVersion(headIn(latest?.state, from)?.value)?.id === id) return;
  throw new Failure("busy", "The backup was replaced meanwhile.", { retryAfterSeconds: 1 });
}

/** Of no fingerprint, which would be stored with it; only of whether there is one. */
const requestDigest = ({ platform, from, existing, overlap }: Recovery) =>
  sha256(JSON.stringify([platform, from, overlap, existing.map(digestible).sort()]));

function digestible(account: ExistingAccount): string {
  const { id, fingerprint } = { id: undefined, fingerprint: undefined, ...account };
  if (id === undefined && fingerprint === undefined) return accountKey(account);
  return JSON.stringify([accountKey(account), id ?? "", fingerprint !== undefined]);
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
const boundIn = (outcomes: Outcome[]): DeviceBoundAccount[] =>
  outcomes.flatMap((each): DeviceBoundAccount[] =>
    each.reason === "bound"
      ? [{ kind: "personal", issuer: each.account.issuer, userName: each.account.userName }]
      : [],
  );

async function tell(
  outbox: Outbox,
  devices: Device[],
  { caller, deviceName, now }: Recovery,
  record: OwnerRecord,
  told: { kind: "recovered" | "recovery-requested"; id: string; recovery: string },
): Promise<void> {
  const device = alarmDeviceIn(devices, caller.device, now, deviceName);
  await alarm(outbox, caller.owner, { ...told, device, record, now });
}
