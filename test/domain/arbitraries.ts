/** Documents of every allowed kind, for properties that must hold for all of them. */
import * as fc from "fast-check";
import { type Account, identityOf } from "../../lib/domain/account.ts";
import type { AppSettings, BackupDocument } from "../../lib/domain/backup-document.ts";

const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]/gu;

/** Any Unicode but control characters; at most 40 code points, so always within every limit on names. */
const text = fc.string({ unit: "binary", maxLength: 40 }).map((any) => any.replaceAll(CONTROLS, ""));
const filled = text.map((any) => `x${any}`);

const secret = fc.stringMatching(/^([A-Za-z2-7]{8}){1,8}([A-Za-z2-7]{2}(={6})?|[A-Za-z2-7]{5}(={3})?)?$/);
const algorithm = fc.constantFrom("SHA1" as const, "SHA256" as const, "SHA512" as const);
const digits = fc.integer({ min: 4, max: 10 });
const plain = { noNullPrototype: true };

const otp = fc.oneof(
  fc.record(
    {
      type: fc.constant("totp" as const),
      secret,
      algorithm,
      digits,
      period: fc.integer({ min: 1, max: 86_400 }),
    },
    plain,
  ),
  fc.record(
    { type: fc.constant("hotp" as const), secret, algorithm, digits, counter: fc.maxSafeNat() },
    plain,
  ),
  fc.record({ type: fc.constant("steam" as const), secret }, plain),
);

const account: fc.Arbitrary<Account> = fc.oneof(
  fc.record({ kind: fc.constant("third-party" as const), issuer: text, userName: filled, otp }, plain),
  fc.record(
    { kind: fc.constant("personal" as const), issuer: filled, userName: filled, usesPush: fc.boolean() },
    plain,
  ),
  fc.record(
    {
      kind: fc.constant("work" as const),
      issuer: filled,
      tenant: filled,
      userName: filled,
      usesPush: fc.boolean(),
    },
    plain,
  ),
);

const settings = fc.record(
  {
    sortBy: fc.constantFrom("manual" as const, "issuer" as const, "user-name" as const),
    theme: fc.constantFrom("system" as const, "light" as const, "dark" as const),
    language: fc.constantFrom("en", "sv", "zh-Hant-TW"),
    appLock: fc.boolean(),
    hideCodes: fc.boolean(),
  },
  { requiredKeys: [], ...plain },
) satisfies fc.Arbitrary<AppSettings>;

export const document: fc.Arbitrary<BackupDocument> = fc.record(
  { accounts: fc.uniqueArray(account, { selector: identityOf, maxLength: 12 }), settings },
  plain,
);
