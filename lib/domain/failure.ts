/** Failures: why a request is refused, in the words of the domain. */
import type { AccountName } from "./account.ts";

/** lib/http/problems/problems.ts gives each kind its status and remedy. */
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
  | "contact-code-required"
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

/** One fault in a request or its device proof: where (never the value) and what would be right. */
export type Fault = { at: string; detail: string };

/** Details of a refusal; the problem document has each member under the same name. */
export type FailureDetails = {
  errors?: Fault[];
  /** The number of faults; `errors` holds at most a hundred. */
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
  /** The service's time (ISO 8601), and how far the device's clock is ahead of it; negative if behind. */
  serverTime?: string;
  skewSeconds?: number;
  /** The methods that the route takes; all routes, each with its method. */
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

/** Why a token is refused: a word for the operator's log, never the token's content. Clients don't see it. */
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
