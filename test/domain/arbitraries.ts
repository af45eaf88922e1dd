/** Arbitrary documents of every allowed kind, for properties that must hold for all of them. */
import * as fc from "fast-check";
import { Secret } from "otpauth";
import { type Account, accountKey } from "../../lib/domain/account.ts";
import type { AppSettings } from "../../lib/domain/backup/app-settings.ts";
import type { BackupDocument } from "../../lib/domain/backup/document.ts";

const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]/gu;

/** Any Unicode except control characters; at most 40 code points, which every limit on names allows. */
const text = fc.string({ unit: "binary", maxLength: 40 }).map((any) => any.replaceAll(CONTROLS, ""));
const filled = text.map((any) => `x${any}`);
/** Sometimes a name that other entries share. */
const name = fc.oneof(text, fc.constantFrom("", "admin", "Nextcloud"));

/** Secret bytes as stored. */
const bytes = fc.uint8Array({ minLength: 8, maxLength: 40 });
/** RFC 4648 §6, without padding. */
export const base32 = (of: Uint8Array): string => new Secret({ buffer: Uint8Array.from(of).buffer }).base32;
const secret = bytes.map(base32);
const hex = bytes.map((any) => Buffer.from(any).toString("hex"));
const algorithm = fc.constantFrom(...(["SHA1", "SHA224", "SHA256", "SHA384", "SHA512", "MD5"] as const));
const digits = fc.integer({ min: 4, max: 10 });
const pin = fc.stringMatching(/^\d{4,16}$/);
const plain = { noNullPrototype: true };

const type = <T extends string>(one: T) => fc.constant(one);
const totp = { type: type("totp"), secret, algorithm, digits, period: fc.integer({ min: 1, max: 86_400 }) };
const hotp = { type: type("hotp"), secret, algorithm, digits, counter: fc.maxSafeNat() };
const withPin: { requiredKeys: ("type" | "secret")[]; noNullPrototype: true } = {
  requiredKeys: ["type", "secret"],
  noNullPrototype: true,
};

const otp = fc.oneof(
  fc.record(totp, plain),
  fc.record(hotp, plain),
  fc.record({ type: type("steam"), secret }, plain),
  fc.record({ type: type("motp"), secret: hex, pin }, withPin),
  fc.record({ type: type("yandex"), secret, pin }, withPin),
);

const id = fc.oneof(fc.uuid(), fc.stringMatching(/^[\w-]{1,64}$/));
const besides = fc.record({ id, group: name }, { requiredKeys: [], ...plain });
const usesPush = fc.boolean();

const named: fc.Arbitrary<Account> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: type("third-party"), issuer: name, userName: name, otp }, plain),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: type("personal"), issuer: filled, userName: filled, usesPush }, plain),
  },
  {
    weight: 1,
    arbitrary: fc.record(
      { kind: type("work"), issuer: filled, tenant: filled, userName: filled, usesPush },
      plain,
    ),
  },
);
const account: fc.Arbitrary<Account> = fc.tuple(named, besides).map(([one, more]) => ({ ...one, ...more }));

/** In the order in which they are stored. */
const custom = fc
  .dictionary(
    fc.stringMatching(/^[a-z0-9.-]{1,64}$/).filter((key) => key !== "constructor" && key !== "prototype"),
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((any) => any + 0),
      fc.boolean(),
    ),
    { maxKeys: 12, ...plain },
  )
  .map((any) => Object.fromEntries(Object.entries(any).toSorted(([a], [b]) => (a < b ? -1 : 1))));

const group = fc.record(
  { name: filled, order: fc.integer(), members: fc.array(fc.oneof(id, fc.nat(999)), { maxLength: 6 }) },
  { requiredKeys: ["name"], ...plain },
);

const settings = fc.record(
  {
    sortBy: fc.constantFrom("manual" as const, "issuer" as const, "user-name" as const),
    theme: fc.constantFrom("system" as const, "light" as const, "dark" as const),
    language: fc.constantFrom("en", "sv", "zh-Hant-TW"),
    appLock: fc.boolean(),
    hideCodes: fc.boolean(),
    groups: fc.array(group, { maxLength: 4 }),
    custom,
  },
  { requiredKeys: [], ...plain },
) satisfies fc.Arbitrary<AppSettings>;

/** Keeps the first of two entries that are doubles or share an id. */
function singled(accounts: Account[]): Account[] {
  const seen = new Set<string>();
  const isNew = (key: string) => seen.size < seen.add(key).size;
  return accounts.filter((one) => {
    const made = one.kind === "third-party" ? { ...one.otp, pin: "", counter: 0 } : {};
    const isFirst = isNew(`${accountKey(one)} ${JSON.stringify(made)}`);
    return (one.id === undefined || isNew(`id ${one.id}`)) && isFirst;
  });
}

export const documentsOf = (length: {
  minLength?: number;
  maxLength: number;
}): fc.Arbitrary<BackupDocument> =>
  fc.record({ accounts: fc.array(account, length).map(singled), settings }, plain);

export const document = documentsOf({ maxLength: 12 });
