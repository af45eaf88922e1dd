/** Which entries of a backup are already on the device, as far as it can tell (R11). Pure. */
import { accountKey, type ExistingAccount, isForeign, type StoredAccount } from "../account.ts";
import { fingerprintOf } from "../code-parameters.ts";

export const KEEP_REASONS = ["on-device", "same-id", "name-only"] as const;
export type KeepReason = (typeof KEEP_REASONS)[number];

/**
 * `on-device`: made from the same material, or a personal or work account of the same name. `same-id`: the
 * app says that it is the same entry. `name-only`: the device has an account of that name, of unknown
 * material. `same-name`: the device has another account of that name. `absent`: none of these.
 */
export type Presence = KeepReason | "same-name" | "absent";

/**
 * One per entry of the backup, in order; and the positions in `existing` because of which entries are kept.
 */
export type Comparison = { presence: Presence[]; overlapping: number[] };

type Found = { presence: Presence; by: number[] };
const ABSENT: Found = { presence: "absent", by: [] };

export function compareWith(accounts: StoredAccount[], existing: ExistingAccount[]): Comparison {
  const find = finderFor(accounts, existing);
  const found = accounts.map(find);
  const causes = new Set(found.map(({ by }) => by));
  const overlapping = new Set([...causes].flat());
  return {
    presence: found.map(({ presence }) => presence),
    overlapping: [...overlapping].sort((a, b) => a - b),
  };
}

/** A fingerprint outweighs an id, and an id outweighs a name. */
function finderFor(
  accounts: StoredAccount[],
  existing: ExistingAccount[],
): (account: StoredAccount) => Found {
  const byName = placesBy(existing, accountKey);
  const byId = placesBy(existing, idOf);
  const byFingerprint = placesBy(existing, fingerprintIn);
  const backedUp = new Set(accounts.map(({ kind, id }) => (kind === "third-party" ? id : undefined)));
  /** An account that is known by id or fingerprint is no other entry of that name. */
  const unknownByName = placesBy(existing, (account) => {
    const id = idOf(account);
    const isKnown = fingerprintIn(account) !== undefined || (id !== undefined && backedUp.has(id));
    return isKnown ? undefined : accountKey(account);
  });
  return (account) => {
    if (isForeign(account)) return ABSENT;
    const named = byName.get(accountKey(account));
    if (account.kind !== "third-party") return named ? { presence: "on-device", by: named } : ABSENT;
    const same = byFingerprint.size > 0 && byFingerprint.get(fingerprintOf(account.otp) ?? "");
    if (same) return { presence: "on-device", by: same };
    const identified = byId.get(account.id ?? "");
    if (identified) return { presence: "same-id", by: identified };
    const unknown = unknownByName.get(accountKey(account));
    if (unknown) return { presence: "name-only", by: unknown };
    return named ? { presence: "same-name", by: [] } : ABSENT;
  };
}

const idOf = (account: ExistingAccount) => (account.kind === "third-party" ? account.id : undefined);
const fingerprintIn = (account: ExistingAccount) =>
  account.kind === "third-party" ? account.fingerprint : undefined;

function placesBy<T>(values: T[], keyOf: (value: T) => string | undefined): ReadonlyMap<string, number[]> {
  const places = new Map<string, number[]>();
  for (const [at, value] of values.entries()) {
    const key = keyOf(value);
    if (key === undefined) continue;
    const former = places.get(key);
    if (former) former.push(at);
    else places.set(key, [at]);
  }
  return places;
}
