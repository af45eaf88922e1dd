/** One account's device credentials: issued to a device, checked for a provider, ended (R14, R25). Pure. */
import { createPublicKey, verify } from "node:crypto";
import * as z from "zod";
import type { DeviceBoundAccount } from "../account.ts";
import { Failures, noFailures, plusOne, secondsLeft } from "../challenges/throttle.ts";
import { DAY, later } from "../clock.ts";
import { Failure } from "../failure.ts";
import { loose } from "../loose.ts";
import { DeviceId, OwnerId } from "../owner.ts";
import { sameHash } from "../sealing/keyed-hash.ts";
import type { Store } from "../store.ts";
import { hotp, stepAt } from "./one-time-code.ts";

/** The public half of a key pair that the device made for this account (RFC 7518 §6.2.1). */
export const PushKey = z.strictObject({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.base64url().length(43),
  y: z.base64url().length(43),
});
export type PushKey = z.infer<typeof PushKey>;

/** `lastStep`: the time step of the last accepted code (RFC 6238 §5.2). */
const CodeCredential = loose({ secret: z.base64(), issuedAt: z.coerce.date(), lastStep: z.int() });
const PushCredential = loose({ publicKey: loose(PushKey.shape), issuedAt: z.coerce.date() });

const Holder = loose({
  device: DeviceId,
  code: CodeCredential.optional(),
  push: PushCredential.optional(),
});
type Holder = z.infer<typeof Holder>;

export const AccountCredentials = loose({
  owner: OwnerId,
  holders: z.array(Holder),
  /**
   * These devices get no new credential, and any that they still hold doesn't count. A device that holds one
   * is suspended, the others are revoked.
   */
  ended: z.array(DeviceId),
  /** When the last credential ended; the account stays reserved for its owner for a while. */
  lastEndedAt: z.coerce.date().optional(),
  /**
   * `devices`: whose credentials the provider ended; each stays listed until it proves the account again.
   * `proven`: whether any device has proven it since.
   */
  endedByProvider: loose({ devices: z.array(DeviceId), proven: z.boolean() }).optional(),
  /** Of an account whose owner was erased: who that was, as a keyed hash. `owner` is the service then. */
  formerOwner: z.string().optional(),
  failures: Failures,
});
export type AccountCredentials = z.infer<typeof AccountCredentials>;
export type CredentialStore = Store<DeviceBoundAccount, AccountCredentials>;

/** A device's request: a secret that the service makes, or the device's own key pair. */
export type CredentialRequest = { type: "code"; secret: Buffer } | { type: "push"; publicKey: PushKey };

/** The grounds for a claim: the provider's word, the owner's proof, or earlier possession. */
export type Claim = "provider" | "step-up" | "renewal";
/** `formerly`: the keyed hash that `formerOwner` has if the account was this owner's before an erasure. */
type Claiming = { owner: OwnerId; claim: Claim; formerly?: string | undefined };

const MAX_ENDED = 200;
const RESERVED_DAYS = 30;

/** Until when the account stays its owner's if its last credential ended then. */
export const reservedUntil = (lastEndedAt: Date): Date => later(lastEndedAt, RESERVED_DAYS * DAY);

/** Whether it is a point on the curve. */
export function isPoint(publicKey: PushKey): boolean {
  try {
    return (
      createPublicKey({ key: publicKey, format: "jwk" }).asymmetricKeyDetails?.namedCurve === "prime256v1"
    );
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

/**
 * Gives this device a new credential, which ends its former one of the same type. Fails as
 * `account-bound-elsewhere` or `device-revoked`, or as `busy` if the provider ends what is being renewed.
 */
export function withCredential(
  former: AccountCredentials | undefined,
  { device, wanted, ...claiming }: Claiming & { device: DeviceId; wanted: CredentialRequest },
  now: Date,
): AccountCredentials {
  requireFree(former, claiming, now);
  const { owner, claim } = claiming;
  const ours = former?.owner === owner ? former : undefined;
  const { lastEndedAt: _, endedByProvider, holders = [], ended = [], ...kept } = ours ?? {};
  if (claim === "renewal" && ours && !mayRenew(ours, device)) throw endedMeanwhile();
  const unproven = endedByProvider && provenBy(device, endedByProvider);
  if (ended.includes(device)) throw new Failure("device-revoked", "This device was revoked.");
  const others = holders.filter((each) => each.device !== device);
  const holder = { ...holders.find((each) => each.device === device), device, ...credentialOf(wanted, now) };
  return {
    ...kept,
    owner,
    holders: [...others, holder],
    ended,
    failures: noFailures,
    ...(unproven && { endedByProvider: unproven }),
  };
}

/** Whether the device gets a new credential without a new proof. */
export const mayRenew = ({ endedByProvider }: AccountCredentials, device: DeviceId): boolean =>
  !endedByProvider || (endedByProvider.proven && !endedByProvider.devices.includes(device));

type EndedByProvider = NonNullable<AccountCredentials["endedByProvider"]>;

/** Undefined once every listed device has proven the account. */
function provenBy(device: DeviceId, ended: EndedByProvider): EndedByProvider | undefined {
  const devices = ended.devices.filter((each) => each !== device);
  return devices.length === 0 ? undefined : { ...ended, devices, proven: true };
}

const endedMeanwhile = () =>
  new Failure("busy", "The account's provider is ending its credentials.", { retryAfterSeconds: 1 });

/**
 * Only its provider may move an account from an owner who has a credential for it or had the last one lately.
 * An owner revokes a lost phone before there is a new one; a stranger with the account's password must not
 * get in between, also not by erasing the owner: a keyed hash tells who that was. A renewal moves nothing.
 * Fails as `account-bound-elsewhere`.
 */
export function requireFree(
  former: AccountCredentials | undefined,
  { owner, claim, formerly }: Claiming,
  now: Date,
): void {
  if (former?.owner === owner || claim === "provider") return;
  if (claim === "step-up" && !(former && isReserved(former, now) && !isTheirs(former, formerly))) return;
  throw new Failure("account-bound-elsewhere", "The account is bound to another recovery account.");
}

const isReserved = ({ holders, lastEndedAt }: AccountCredentials, now: Date): boolean =>
  holders.length > 0 || (lastEndedAt !== undefined && reservedUntil(lastEndedAt) > now);

const isTheirs = ({ formerOwner }: AccountCredentials, formerly: string | undefined): boolean =>
  formerOwner !== undefined && formerly !== undefined && sameHash(formerOwner, formerly);

/**
 * The step before issue still counts, because a slow phone shows that code first; nobody has seen an earlier
 * one.
 */
const credentialOf = (wanted: CredentialRequest, now: Date): Partial<Holder> =>
  wanted.type === "code"
    ? { code: { secret: wanted.secret.toString("base64"), issuedAt: now, lastStep: stepAt(now) - 2 } }
    : { push: { publicKey: wanted.publicKey, issuedAt: now } };

/** Undefined if the account is another owner's. */
export function withoutHolder(
  former: AccountCredentials | undefined,
  { owner, device }: { owner: OwnerId; device: DeviceId },
  now: Date,
): AccountCredentials | undefined {
  if (former && former.owner !== owner) return undefined;
  const { holders = [], ended = [], failures = noFailures } = former ?? {};
  const left = holders.filter((each) => each.device !== device);
  const lastEndedAt = left.length < holders.length ? now : former?.lastEndedAt;
  return {
    ...former,
    owner,
    holders: left,
    ended: endedWith(device, ended, left),
    failures,
    ...(lastEndedAt && { lastEndedAt }),
  };
}

/** Forgets the oldest beyond the limit, but never a device that still holds a credential. */
function endedWith(device: DeviceId, ended: DeviceId[], holders: Holder[]): DeviceId[] {
  const all = [...new Set([device, ...ended])];
  const holding = new Set(holders.map((holder) => holder.device));
  return all.filter((each, index) => index < MAX_ENDED || holding.has(each));
}

/**
 * Ends what this device has, or what all devices have; then no renewal works until a new proof. Undefined if
 * that changes nothing.
 */
export function withEndedByProvider(
  former: AccountCredentials,
  device: DeviceId | undefined,
  now: Date,
): AccountCredentials | undefined {
  const { holders, ended, endedByProvider, formerOwner } = former;
  if (formerOwner !== undefined) return undefined;
  const isMeant = (each: Holder) => device === undefined || each.device === device;
  const devices = holders.filter(isMeant).map((each) => each.device);
  const barsRenewals = device === undefined && endedByProvider?.proven !== false;
  if (devices.length === 0 && !barsRenewals) return undefined;
  const unproven = [...new Set([...devices, ...(endedByProvider?.devices ?? [])])];
  return {
    ...former,
    holders: holders.filter((each) => !isMeant(each)),
    // A suspended device has nothing left to suspend, and may prove the account once it is let in again.
    ended: ended.filter((each) => !devices.includes(each)),
    ...(devices.length > 0 && { lastEndedAt: now }),
    endedByProvider: { ...endedByProvider, devices: unproven.slice(0, MAX_ENDED), proven: false },
  };
}

/** The device's credentials don't count until `withResumed`. Undefined if it holds none here. */
export function withSuspended(
  former: AccountCredentials | undefined,
  device: DeviceId,
): AccountCredentials | undefined {
  if (!former?.holders.some((each) => each.device === device)) return undefined;
  return { ...former, ended: endedWith(device, former.ended, former.holders) };
}

/**
 * Resumes only credentials that weren't ended for good meanwhile. Undefined if the device holds none here.
 */
export function withResumed(
  former: AccountCredentials | undefined,
  device: DeviceId,
): AccountCredentials | undefined {
  if (!former?.holders.some((each) => each.device === device)) return undefined;
  return { ...former, ended: former.ended.filter((each) => each !== device) };
}

const counting = ({ holders, ended }: AccountCredentials): Holder[] =>
  holders.filter(({ device }) => !ended.includes(device));

export type Checked = { device: DeviceId } | undefined;

/**
 * Whose code it is, and the credentials after its use: this step and all before it no longer count for that
 * device. One step early or late passes (RFC 6238 §5.2). Counts wrong codes; after too many of them even a
 * right one must wait, and `next` is `former` itself.
 */
export function checkCode(
  former: AccountCredentials,
  code: string,
  now: Date,
): { checked: Checked; next: AccountCredentials } {
  const { failures, formerOwner } = former;
  // A reserved account has no codes to guess, so nothing is counted.
  if (formerOwner !== undefined) return { checked: undefined, next: former };
  const found = counting(former).map((holder) => ({ holder, step: stepOf(holder, code, now) }));
  const { holder, step } = found.find((each) => each.step !== undefined) ?? {};
  const mayPass = secondsLeft(failures, now) === 0;
  if (!holder?.code || step === undefined || !mayPass) {
    return { checked: undefined, next: mayPass ? { ...former, failures: plusOne(failures, now) } : former };
  }
  const used = { ...holder, code: { ...holder.code, lastStep: step } };
  const holders = former.holders.map((each) => (each === holder ? used : each));
  return { checked: { device: holder.device }, next: { ...former, holders, failures: noFailures } };
}

/** Computes all three steps, whichever fits. */
function stepOf({ code: credential }: Holder, code: string, now: Date): number | undefined {
  if (!credential) return undefined;
  const secret = Buffer.from(credential.secret, "base64");
  const present = stepAt(now);
  const fitting = [present, present - 1, present + 1].filter((step) => sameHash(hotp(secret, step), code));
  return fitting.find((step) => step > credential.lastStep);
}

/** Whose signature over the provider's challenge it is: ES256, r and s concatenated (RFC 7518 §3.4). */
export function checkSignature(
  credentials: AccountCredentials,
  challenge: Uint8Array,
  signature: Uint8Array,
): Checked {
  const holder = counting(credentials).find(
    ({ push }) => push && signs(push.publicKey, challenge, signature),
  );
  return holder && { device: holder.device };
}

const signs = (publicKey: PushKey, challenge: Uint8Array, signature: Uint8Array) =>
  verify(
    "sha256",
    challenge,
    { key: createPublicKey({ key: publicKey, format: "jwk" }), dsaEncoding: "ieee-p1363" },
    signature,
  );
