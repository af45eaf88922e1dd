/** Single-use device proofs, where repeating a request would hand something out again (RFC 9449 §11.1). */
import { later, SECOND } from "../clock.ts";
import { Failure, type Fault } from "../failure.ts";
import type { Caller } from "../owner.ts";
import type { Head } from "./head.ts";

/** A proof expires after 60 s either way, so this is long enough. */
const KEPT = 130 * SECOND;
/**
 * Of one device, so that it doesn't keep another from recovering. Of all, so that the head stays small: each
 * further device costs an alarm.
 */
const MAX_REMEMBERED = { ofOne: 20, ofAll: 200 };

/** Refuses a correctly signed proof and names its wrong claims. */
export const wrongClaims = (errors: Fault[]) =>
  new Failure("proof-invalid", "The device proof doesn't match this request: see `errors`.", {
    errors,
    errorsTotal: errors.length,
  });

/** How a fault names a claim. */
export const claimAt = (claim: string) => `DPoP claim ${claim}`;

/** Fails as `proof-invalid` if the proof was spent before, or as `too-many-recoveries`. */
export function withSpentProof(
  head: Head,
  { proof, device }: Pick<Caller, "proof" | "device">,
  now: Date,
): Head {
  const remembered = head.spentProofs.filter(({ at }) => later(at, KEPT) > now);
  if (remembered.some(({ id }) => id === proof)) {
    throw wrongClaims([{ at: claimAt("jti"), detail: "was used before: make a new one for each request" }]);
  }
  // The former release didn't remember whose they were.
  const own = remembered.filter(({ device: by = device }) => by === device);
  if (own.length >= MAX_REMEMBERED.ofOne || remembered.length >= MAX_REMEMBERED.ofAll) {
    throw new Failure("too-many-recoveries", "Too many recoveries in a short time.", {
      retryAfterSeconds: KEPT / SECOND,
    });
  }
  return { ...head, spentProofs: [...remembered, { id: proof, device, at: now }] };
}
