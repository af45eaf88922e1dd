/** Device proofs that may be used once: where repeating a request would hand something out again (RFC 9449 §11.1). */
import { later, SECOND } from "./clock.ts";
import { Failure } from "./failure.ts";
import type { Head } from "./head.ts";
import type { Caller } from "./owner.ts";

/** A proof is too old after 60 s either way, so it need not be remembered longer than this. */
const KEPT = 130 * SECOND;
const MAX_REMEMBERED = 20;

/** Fails as `proof-invalid` if the proof was spent before, or as `too-many-recoveries`. */
export function withSpentProof(head: Head, { proof }: Caller, now: Date): Head {
  const remembered = head.spentProofs.filter(({ at }) => later(at, KEPT) > now);
  if (remembered.some(({ id }) => id === proof)) {
    throw new Failure("proof-invalid", "The device proof was used before.");
  }
  if (remembered.length >= MAX_REMEMBERED) {
    throw new Failure("too-many-recoveries", "Too many recoveries in a short time.", {
      retryAfterSeconds: KEPT / SECOND,
    });
  }
  return { ...head, spentProofs: [...remembered, { id: proof, at: now }] };
}
