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

/** `service`: the owner in whose name it is sealed: the former owner's key is gone. */
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
 * Recognises a former owner who comes back. Different for each account, so that nothing shows which accounts
 * were one owner's. `accountHash`: the account's own keyed hash.
 */
export const hashFormerOwner = (keyedHash: KeyedHash, accountHash: string, owner: OwnerId): Promise<string> =>
  keyedHash.hash("former-owner", JSON.stringify([accountHash, owner]));
