/** The device credentials of one account: issued to a device, checked for a provider, ended with the device (R14, R25). Pure. */
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

/** The public half of a key pair that was made on the device for this account (RFC 7518 §6.2.1). */
export const PushKey = z.strictObject({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.base64url().length(43),
  y: z.base64url().length(43),
});
export type PushKey = z.infer<typeof PushKey>;

/** `lastStep`: the last time step whose code was accepted (RFC 6238 §5.2). */
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
   * None of them gets a credential any more, and what one of them still has doesn't count: that one is
   * suspended, the others are revoked.
   */
  ended: z.array(DeviceId),
  /** When the last credential ended: the account stays its owner's for a while. */
  lastEndedAt: z.coerce.date().optional(),
  failures: Failures,
});
export type AccountCredentials = z.infer<typeof AccountCredentials>;
export type CredentialStore = Store<DeviceBoundAccount, AccountCredentials>;

/** What a device asks for: a secret that the service makes, or a key pair of its own. */
export type CredentialRequest = { type: "code"; secret: Buffer } | { type: "push"; publicKey: PushKey };

/**
 * What the account is claimed by: the provider's own word, the owner's proof, or only that it was theirs
 * before.
 */
export type Claim = "provider" | "step-up" | "renewal";
type Claiming = { owner: OwnerId; claim: Claim };

const MAX_ENDED = 200;
const RESERVED_DAYS = 30;

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
 * The account's credentials once this device has a new one; a former one of the same type ends. Fails as
 * `account-bound-elsewhere` or `device-revoked`.
 */
export function withCredential(
  former: AccountCredentials | undefined,
  { owner, claim, device, wanted }: Claiming & { device: DeviceId; wanted: CredentialRequest },
  now: Date,
): AccountCredentials {
  requireFree(former, { owner, claim }, now);
  const ours = former?.owner === owner ? former : undefined;
  const { lastEndedAt: _, holders = [], ended = [], ...kept } = ours ?? {};
  if (ended.includes(device)) throw new Failure("device-revoked", "This device was revoked.");
  const others = holders.filter((each) => each.device !== device);
  const holder = { ...holders.find((each) => each.device === device), device, ...credentialOf(wanted, now) };
  return { ...kept, owner, holders: [...others, holder], ended, failures: noFailures };
}

/**
 * Only its provider may move an account that is somebody's: whoever has a credential for it, or had the last
 * one lately. A lost phone is revoked before there is a new one, and a stranger with the account's password
 * must not come between. A renewal moves nothing. Fails as `account-bound-elsewhere`.
 */
export function requireFree(
  former: AccountCredentials | undefined,
  { owner, claim }: Claiming,
  now: Date,
): void {
  if (former?.owner === owner || claim === "provider") return;
  if (claim === "step-up" && !(former && isReserved(former, now))) return;
  throw new Failure("account-bound-elsewhere", "The account is bound to another recovery account.");
}

const isReserved = ({ holders, lastEndedAt }: AccountCredentials, now: Date): boolean =>
  holders.length > 0 || (lastEndedAt !== undefined && later(lastEndedAt, RESERVED_DAYS * DAY) > now);

/**
 * The step before it was issued counts: a phone that is a little slow shows that code first. None before was
 * shown by anyone.
 */
const credentialOf = (wanted: CredentialRequest, now: Date): Partial<Holder> =>
  wanted.type === "code"
    ? { code: { secret: wanted.secret.toString("base64"), issuedAt: now, lastStep: stepAt(now) - 2 } }
    : { push: { publicKey: wanted.publicKey, issuedAt: now } };

/** Undefined if there is nothing of this owner's to end. */
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

/** Of too many, the oldest are forgotten, but none that still has something. */
function endedWith(device: DeviceId, ended: DeviceId[], holders: Holder[]): DeviceId[] {
  const all = [...new Set([device, ...ended])];
  const holding = new Set(holders.map((holder) => holder.device));
  return all.filter((each, index) => index < MAX_ENDED || holding.has(each));
}

/** What the device has counts no more, until `withResumed`. Undefined if there is nothing of it here. */
export function withSuspended(
  former: AccountCredentials | undefined,
  device: DeviceId,
): AccountCredentials | undefined {
  if (!former?.holders.some((each) => each.device === device)) return undefined;
  return { ...former, ended: endedWith(device, former.ended, former.holders) };
}

/** Not what was ended for good meanwhile. Undefined if there is nothing of it here. */
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
 * Whose code it is, and the credentials once it is used up: its step and all before it count no more for that
 * device. One step early or late passes (RFC 6238 §5.2). Wrong codes are counted, and after some of them even
 * a right one must wait: then the credentials stay the very same.
 */
export function checkCode(
  former: AccountCredentials,
  code: string,
  now: Date,
): { checked: Checked; next: AccountCredentials } {
  const { failures } = former;
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

/** All three steps are computed, whichever fits. */
function stepOf({ code: credential }: Holder, code: string, now: Date): number | undefined {
  if (!credential) return undefined;
  const secret = Buffer.from(credential.secret, "base64");
  const present = stepAt(now);
  const fitting = [present, present - 1, present + 1].filter((step) => sameHash(hotp(secret, step), code));
  return fitting.find((step) => step > credential.lastStep);
}

/** Whose signature over the provider's challenge it is: ES256, r and s side by side (RFC 7518 §3.4). */
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
