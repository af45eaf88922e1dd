import type { AccountName } from "./account.ts";

/**
 * Why a request is refused, in the domain's words. lib/http/problems/problem.ts gives each kind its status
 * and remedy.
 */
export type FailureKind =
  | "invalid-request"
  | "route-not-found"
  | "method-not-allowed"
  | "body-required"
  | "length-required"
  | "body-too-large"
  | "unsupported-media-type"
  | "not-signed-in"
  | "sign-in-too-old"
  | "sign-in-time-missing"
  | "proof-invalid"
  | "clock-skewed"
  | "app-too-old"
  | "device-unknown"
  | "device-revoked"
  | "device-suspended"
  | "device-too-new"
  | "device-not-found"
  | "too-many-recoveries"
  | "too-many-reads"
  | "recovery-required"
  | "backup-not-found"
  | "undelete-too-late"
  | "erasure-begun"
  | "version-not-found"
  | "envelope-required"
  | "envelope-outdated"
  | "envelope-unreadable"
  | "not-in-this-mode"
  | "backup-unreadable"
  | "accounts-overlap"
  | "plan-outdated"
  | "cross-platform-denied"
  | "recovery-not-found"
  | "recovery-ended"
  | "account-not-in-recovery"
  | "account-sign-in-required"
  | "account-not-proven"
  | "account-not-on-device"
  | "account-bound-elsewhere"
  | "account-not-yours"
  | "too-many-accounts"
  | "contact-not-found"
  | "contact-unusable"
  | "too-many-contacts"
  | "too-many-messages"
  | "challenge-not-found"
  | "answer-wrong"
  | "too-many-tries"
  | "ticket-invalid"
  | "role-missing"
  | "precondition-required"
  | "stale-precondition"
  | "idempotency-key-reused"
  | "busy"
  | "storage-unavailable"
  | "vault-unavailable"
  | "identity-unavailable"
  | "messages-unavailable";

/** One thing wrong with a request or its device proof: where (never its value) and what would be right. */
export type Fault = { at: string; detail: string };

/**
 * What a refusal may tell besides its kind; each member stands in the problem document under the same name.
 */
export type FailureDetails = {
  errors?: Fault[];
  /** How many there are; `errors` holds no more than a hundred. */
  errorsTotal?: number;
  generation?: number;
  envelopeGeneration?: number;
  etag?: string;
  minimumVersion?: string;
  overlapping?: string[];
  askAgainWith?: ["fingerprint"];
  plan?: { id: string; accounts: { outcome: string; reason: string; account: AccountName }[] };
  triesLeft?: number;
  usableInSeconds?: number;
  maxAgeSeconds?: number;
  /** Until when the device can object to being revoked (ISO 8601). */
  suspendedUntil?: string;
  /** Until when the device is young (ISO 8601). */
  youngUntil?: string;
  retryAfterSeconds?: number;
  /**
   * The present time here (ISO 8601), and how far the device's clock is ahead of it: negative if it is
   * behind.
   */
  serverTime?: string;
  skewSeconds?: number;
  /** The methods that the route takes; all routes that there are, each with its method. */
  allow?: string[];
  routes?: string[];
};

export class Failure extends Error {
  readonly kind: FailureKind;
  readonly details: FailureDetails;

  constructor(kind: FailureKind, message: string, details: FailureDetails = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = "Failure";
    this.kind = kind;
    this.details = details;
  }
}

/**
 * Why a token is refused: a word for the operator's log, never what the token holds. Strangers are told none
 * of it.
 */
export class TokenRefusal extends Error {
  readonly code: string;

  constructor(code: string, options?: ErrorOptions) {
    super(code, options);
    this.name = "TokenRefusal";
    this.code = code;
  }
}

/** `invalid-request` for one field: `at` is a JSON pointer, or the name of a parameter or header. */
export const invalid = (at: string, detail: string) =>
  new Failure("invalid-request", `${at}: ${detail}`, { errors: [{ at, detail }], errorsTotal: 1 });
