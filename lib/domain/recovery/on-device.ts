/** Which entries of a backup a device has already, as far as it can tell (R11). Pure. */
import { accountKey, type ExistingAccount, isForeign, type StoredAccount } from "../account.ts";
import { fingerprintOf } from "../code-parameters.ts";

export const KEEP_REASONS = ["on-device", "same-id", "name-only"] as const;
export type KeepReason = (typeof KEEP_REASONS)[number];

/**
 * `on-device`: its codes are made from the same; a bound account has the same name. `same-id`: the app says
 * that it is the same entry. `name-only`: something of its name is there, and nobody knows what its codes are
 * made from. `same-name`: something of its name is there, and is another account. `absent`: none of these.
 */
export type Presence = KeepReason | "same-name" | "absent";

/** Per entry of the backup, in order; and the places in `existing` that are why entries are kept. */
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

/** A fingerprint counts for more than an id, and an id for more than a name. */
function finderFor(
  accounts: StoredAccount[],
  existing: ExistingAccount[],
): (account: StoredAccount) => Found {
  const byName = placesBy(existing, accountKey);
  const byId = placesBy(existing, idOf);
  const byFingerprint = placesBy(existing, fingerprintIn);
  const backedUp = new Set(accounts.map(({ kind, id }) => (kind === "third-party" ? id : undefined)));
  /** What is known by its id, or by what its codes are made from, is no other entry of that name. */
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
