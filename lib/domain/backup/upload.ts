/** An upload: whether it may replace the backup, the state after it, and storing content and state. */
import { latest } from "../clock.ts";
import { admit, alarmDeviceIn, withDevice } from "../device.ts";
import { type Asking, requireOwnPlatform } from "../devices/admission.ts";
import { Failure } from "../failure.ts";
import { sha256 } from "../hash.ts";
import { newId } from "../id.ts";
import { alarm, type Outbox } from "../messages/announcement.ts";
import { devicesOf, headIn, headsOf, newState, type OwnerState, withHead } from "../owner/owner-state.ts";
import {
  changeOwner,
  type Decided,
  devicesIn,
  type NextOwner,
  type OwnerStore,
  recordIn,
  type StoredOwner,
} from "../owner/owner-store.ts";
import type { BackupKey, Caller, Platform } from "../owner.ts";
import { isPurgeDue, requirePrecondition } from "./backup.ts";
import { envelopeOf } from "./custody.ts";
import { DEVICE_SEALED } from "./device-sealed.ts";
import { type BackupDocument, countAccounts, encodeDocument } from "./document.ts";
import {
  type Custody,
  type Head,
  newHead,
  type Precondition,
  type StoredHead,
  type Version,
  type VersionSeal,
  type Wrapping,
} from "./head.ts";
import { isLossToTell, withHistory } from "./history.ts";
import { withUpload } from "./refused-upload.ts";
import { withEpisode } from "./stale-notice.ts";
import type { StalenessPolicy } from "./staleness.ts";

/** `sealed`: encrypted by the device itself. */
export type Offered = { document: BackupDocument } | { sealed: string };

type Request = {
  caller: Caller;
  custody: Custody;
  deviceName: string;
  precondition: Precondition;
  idempotencyKey: string | undefined;
  now: Date;
};

export type Upload = Omit<Request, "idempotencyKey" | "custody"> & {
  version: Omit<Version, "generation" | keyof Wrapping>;
  content: Buffer;
};

export type UploadRules = { historyLength: number; staleness: StalenessPolicy };

type Repeated = { repeats: Version; stored: StoredHead };
/** `tellsLoss`: contacts must hear of what it loses before it is stored. */
export type UploadPlan =
  | Repeated
  | { version: Omit<Version, keyof Wrapping>; tellsLoss: boolean; next: (wrapping: Wrapping) => NextOwner };

/** What is to be stored, before it is known whether it may be. */
export function prepareUpload(offered: Offered, { idempotencyKey, custody, ...request }: Request): Upload {
  const { content, ...told } = contentOf(offered);
  const { device } = request.caller;
  const version = {
    id: newId(),
    device,
    createdAt: request.now,
    ...told,
    custody,
    sizeBytes: content.length,
    digest: sha256(content),
    ...(idempotencyKey && { idempotencyKey: sha256(`${device}\n${idempotencyKey}`) }),
  };
  return { ...request, version, content };
}

const NOT_KNOWN = { thirdParty: 0, personal: 0, work: 0 };

function contentOf(offered: Offered) {
  if ("sealed" in offered) {
    return { content: Buffer.from(offered.sealed), contentType: DEVICE_SEALED, accounts: NOT_KNOWN };
  }
  const content = encodeDocument(offered.document);
  return { content, contentType: "application/json", accounts: countAccounts(offered.document) };
}

/**
 * The decision. Fails as `device-unknown`, `device-suspended`, `device-revoked`, `idempotency-key-reused` or
 * `stale-precondition`.
 */
export function planUpload(
  state: OwnerState | undefined,
  platform: Platform,
  { caller, deviceName, precondition, now, version: offered }: Upload,
  { historyLength, staleness }: UploadRules,
): UploadPlan {
  const stored = headIn(state, platform);
  const former = stored?.value ?? newHead(caller.authTime);
  // Where there is no device yet, an unknown one may make the first upload (R17).
  admit(caller, former.devices, devicesOf(headsOf(state)).length === 0 ? "any" : "registered", now);
  const repeats = findRepeated(former, offered);
  if (repeats && stored) return { repeats, stored };
  requirePrecondition(stored, precondition);
  const version = { ...offered, generation: former.generation + 1 };
  const next = {
    ...former,
    generation: version.generation,
    devices: withUpload(
      withDevice(former.devices, { id: caller.device, name: deviceName }, now),
      caller.device,
      now,
    ),
    tag: newId(),
    confirmedAt: latest(former.confirmedAt, caller.authTime),
    deletedAt: undefined,
    purgedAt: undefined,
  };
  const kept = isPurgeDue(former, staleness.undeleteDays, now) ? [] : former.versions;
  const tellsLoss = isLossToTell({ ...former, versions: kept }, version, now);
  return {
    version,
    tellsLoss,
    next(wrapping) {
      const all = { ...next, versions: [{ ...version, ...wrapping }, ...kept] };
      const versions = withHistory(all, historyLength, now);
      const lossToldAt = tellsLoss ? now : former.lossToldAt;
      const head = withEpisode({ ...next, versions, lossToldAt }, staleness, now);
      return { state: withHead(state ?? newState(), platform, head) };
    },
  };
}

/** R8: the same request with the same key stores once. */
function findRepeated(
  { versions }: Head,
  { idempotencyKey, digest, custody }: Upload["version"],
): Version | undefined {
  const repeated = idempotencyKey && versions.find((former) => former.idempotencyKey === idempotencyKey);
  if (!repeated) return undefined;
  if (repeated.digest === digest && repeated.custody === custody) return repeated;
  throw new Failure("idempotency-key-reused", "This Idempotency-Key came with another upload before.");
}

type UploadPorts = { owners: OwnerStore; versions: VersionSeal; outbox: Outbox };

/** Fails as `planUpload` does, or as `invalid-request` for a device of the other platform. */
export async function uploadBackup(
  ports: UploadPorts,
  asking: Asking,
  platform: Platform,
  { offered, ...request }: { offered: Offered } & Omit<Request, "caller" | "now">,
  rules: UploadRules,
): Promise<Uploaded> {
  requireOwnPlatform(asking, platform);
  const { caller, held, now } = asking;
  const upload = prepareUpload(offered, { ...request, caller, now });
  return await storeUpload(ports, { owner: caller.owner, platform }, held, upload, rules);
}

type Uploaded = { version: Version; stored: StoredHead; envelope: string | undefined; reopened: boolean };

/**
 * Content and state are stored by one change (R8). The content is sealed once, however often the change
 * is decided anew: an envelope must fit the key that is stored for it. `reopened`: the vault had to unwrap that
 * key.
 */
export async function storeUpload(
  ports: UploadPorts,
  place: BackupKey,
  held: StoredOwner | undefined,
  upload: Upload,
  rules: UploadRules,
): Promise<Uploaded> {
  const { owners, versions } = ports;
  const plan = (latest: StoredOwner | undefined) => planUpload(latest?.state, place.platform, upload, rules);
  const first = plan(held);
  if ("repeats" in first && held?.isAtHand) {
    return await storeUpload(ports, place, await owners.find(place.owner), upload, rules);
  }
  if ("repeats" in first) return await repeated(versions, place, first, upload);
  const { wrapping, sealed, incarnation } = await versions.seal(place, first.version, upload.content);
  let isTold = false;
  const decide = async (latest: StoredOwner | undefined): Promise<Decided<UploadPlan>> => {
    const planned = plan(latest);
    if ("repeats" in planned) return { result: planned };
    if (planned.tellsLoss && !isTold) {
      const fresh = latest?.isAtHand ? await owners.find(place.owner) : latest;
      plan(fresh);
      await tellLoss(ports, place, fresh, upload);
      isTold = true;
    }
    const body = { id: first.version.id, sealed };
    const isKept = first.version.custody === "service";
    return { result: planned, next: { ...planned.next(wrapping), incarnation, ...(isKept && { body }) } };
  };
  const { result, held: after } = await changeOwner(owners, place.owner, held, decide);
  if ("repeats" in result) return await repeated(versions, place, result, upload);
  const version = { ...result.version, ...wrapping };
  const envelope = version.custody === "client" ? envelopeOf(version, sealed) : undefined;
  return { version, stored: requireStored(after, place.platform), envelope, reopened: false };
}

async function tellLoss(
  { outbox }: UploadPorts,
  { owner }: BackupKey,
  held: StoredOwner | undefined,
  { caller, deviceName, version, now }: Upload,
): Promise<void> {
  const device = alarmDeviceIn(devicesIn(held), caller.device, now, deviceName);
  const told = { kind: "backup-shrunk" as const, id: `backup-shrunk ${version.id}` };
  await alarm(outbox, owner, { ...told, device, record: await recordIn(held), now });
}

/**
 * A lost envelope is made anew. Under the same key, since another answer may have brought the first one all
 * the same.
 */
async function repeated(
  versions: VersionSeal,
  place: BackupKey,
  { repeats: version, stored }: Repeated,
  { content }: Upload,
): Promise<Uploaded> {
  if (version.custody === "service") return { version, stored, envelope: undefined, reopened: false };
  const sealed = await versions.sealAgain(place, version, content);
  return { version, stored, envelope: envelopeOf(version, sealed), reopened: true };
}

function requireStored(held: StoredOwner | undefined, platform: Platform): StoredHead {
  const stored = headIn(held?.state, platform);
  if (stored) return stored;
  throw new RangeError("no backup was stored");
}
