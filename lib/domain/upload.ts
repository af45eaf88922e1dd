/** Whether an upload may replace a backup, what the backup is then, and how both are stored. */
import { randomBytes } from "node:crypto";
import { isGone, requireState } from "./backup.ts";
import { type BackupDocument, countAccounts, encodeDocument } from "./backup-document.ts";
import { latest } from "./clock.ts";
import { type Custody, envelopeOf } from "./custody.ts";
import { admit, withDevice } from "./device.ts";
import { DEVICE_SEALED } from "./device-sealed.ts";
import { Failure } from "./failure.ts";
import {
  type Head,
  type HeadStore,
  newHead,
  type Precondition,
  type StoredHead,
  type Version,
  type VersionStore,
} from "./head.ts";
import { newId } from "./id.ts";
import { withEpisode } from "./notice.ts";
import { type Caller, type Place, sha256 } from "./owner.ts";
import { withUpload } from "./refused-upload.ts";
import type { StalenessPolicy } from "./staleness.ts";
import { change } from "./store.ts";

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
  version: Omit<Version, "generation" | "keyId">;
  content: Buffer;
};

/** `ownerIsNew`: nothing is stored of this owner, so an unknown device may make the first upload (R17). */
export type UploadRules = { ownerIsNew: boolean; historyLength: number; staleness: StalenessPolicy };

export type UploadPlan =
  | { repeats: Version; stored: StoredHead }
  | { version: Omit<Version, "keyId">; headWith: (sealed: { keyId: string }) => Head };

/** What is to be stored, before it is known whether it may be. The version's id is 128 random bits, base64url. */
export function prepareUpload(offered: Offered, { idempotencyKey, custody, ...request }: Request): Upload {
  const { content, ...told } = contentOf(offered);
  const { device } = request.caller;
  const version = {
    id: randomBytes(16).toString("base64url"),
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
 * The decision. Fails as `device-unknown`, `device-suspended`, `device-revoked`, `idempotency-key-reused` or `stale-precondition`.
 */
export function planUpload(
  stored: StoredHead | undefined,
  { caller, deviceName, precondition, now, version: offered }: Upload,
  { ownerIsNew, historyLength, staleness }: UploadRules,
): UploadPlan {
  const former = stored?.value ?? newHead(caller.authTime);
  admit(caller, former.devices, ownerIsNew && !stored, now);
  const repeats = findRepeated(former, offered);
  if (repeats && stored) return { repeats, stored };
  requireState(stored, precondition);
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
  const kept = isGone(former, staleness.undeleteDays, now) ? [] : former.versions;
  const headWith = (sealed: { keyId: string }): Head => {
    const versions = [{ ...version, ...sealed }, ...kept].slice(0, historyLength);
    return withEpisode({ ...next, versions }, staleness, now);
  };
  return { version, headWith };
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

/**
 * Two writes: first the sealed version, which nothing names yet, then the head that names it (R8). It is sealed once, however
 * often the head has to be decided anew: an envelope must fit the key that was stored for it. `reopened`: the vault had to
 * unwrap that key.
 */
export async function storeUpload(
  { heads, versions }: { heads: HeadStore; versions: VersionStore },
  place: Place,
  held: StoredHead | undefined,
  upload: Upload,
  rules: UploadRules,
): Promise<{ version: Version; stored: StoredHead; envelope: string | undefined; reopened: boolean }> {
  let put: ReturnType<VersionStore["put"]> | undefined;
  const { result, stored } = await change(heads, place, held, async (state) => {
    const plan = planUpload(state, upload, rules);
    if ("repeats" in plan) {
      const { repeats: version } = plan;
      const envelope = await envelopeAgain(versions, place, version, upload.content);
      return { result: { version, envelope, reopened: envelope !== undefined }, unchanged: plan.stored };
    }
    put ??= versions.put(place, plan.version, upload.content);
    const { keyId, sealed } = await put;
    const version = { ...plan.version, keyId };
    const envelope = version.custody === "client" ? envelopeOf(version, sealed) : undefined;
    return { result: { version, envelope, reopened: false }, next: plan.headWith({ keyId }) };
  });
  return { ...result, stored };
}

/** A lost envelope is made anew. Under the same key, since another answer may have brought the first one all the same. */
const envelopeAgain = async (
  versions: VersionStore,
  place: Place,
  version: Version,
  content: Buffer,
): Promise<string | undefined> =>
  version.custody === "client"
    ? envelopeOf(version, await (await versions.read(place, version)).sealAgain(content))
    : undefined;
