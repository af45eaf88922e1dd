/** What an erasure leaves of a proven account: for a while only its former owner proves it (R35). Pure. */
import { noFailures } from "../challenges/throttle.ts";
import type { OwnerId } from "../owner.ts";
import type { KeyedHash } from "../sealing/keyed-hash.ts";
import type { AccountCredentials } from "./credential.ts";

/**
 * When its last credential ended or, where there still is one, ends now. Undefined if there never was one.
 */
export const lastEnd = (
  { holders, lastEndedAt }: Pick<AccountCredentials, "holders" | "lastEndedAt">,
  now: Date,
): Date | undefined => (holders.length > 0 ? now : lastEndedAt);

/** `service`: who has it meanwhile, since what is the former owner's own can't be opened any more. */
export const reservation = (
  service: OwnerId,
  formerOwner: string,
  lastEndedAt: Date,
): AccountCredentials & { lastEndedAt: Date } => ({
  owner: service,
  formerOwner,
  holders: [],
  ended: [],
  lastEndedAt,
  failures: noFailures,
});

/**
 * Tells a former owner who comes back. No two accounts have the same, so that nothing shows which ones were
 * one owner's. `accountHash`: the account's own keyed hash.
 */
export const hashFormerOwner = (keyedHash: KeyedHash, accountHash: string, owner: OwnerId): Promise<string> =>
  keyedHash.hash("former-owner", JSON.stringify([accountHash, owner]));
