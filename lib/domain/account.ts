/** One entry of the authenticator app: what of it may be backed up, and when two entries are the same one. */
import * as z from "zod";
import { plainText } from "./text.ts";

const Name = plainText(320);
const Required = Name.min(1);

/** RFC 4648 §6 in groups of eight, of which the last may be short; padding optional; either case, as apps and issuers write it. */
const BASE32 =
  /^(?:[A-Za-z2-7]{8})*(?:[A-Za-z2-7]{2}(?:={6})?|[A-Za-z2-7]{4}(?:={4})?|[A-Za-z2-7]{5}(?:={3})?|[A-Za-z2-7]{7}=?)?$/;

const Base32Secret = z.string().min(2).max(1024).regex(BASE32, "must be base32 (RFC 4648 §6)");

const Algorithm = z.enum(["SHA1", "SHA256", "SHA512"]);
const Digits = z.int().min(4).max(10);

/** What is needed to make one-time codes: RFC 6238, RFC 4226, or Steam's five letters. */
const OneTimeCode = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("totp"),
    secret: Base32Secret,
    algorithm: Algorithm,
    digits: Digits,
    period: z.int().min(1).max(86_400),
  }),
  z.strictObject({
    type: z.literal("hotp"),
    secret: Base32Secret,
    algorithm: Algorithm,
    digits: Digits,
    counter: z.int().min(0),
  }),
  z.strictObject({ type: z.literal("steam"), secret: Base32Secret }),
]);

export const ThirdPartyAccount = z
  .strictObject({ kind: z.literal("third-party"), issuer: Name, userName: Name, otp: OneTimeCode })
  .refine(({ issuer, userName }) => issuer !== "" || userName !== "", {
    path: ["userName"],
    error: "must not be empty where the issuer is",
  });

export const PersonalAccount = z.strictObject({
  kind: z.literal("personal"),
  issuer: Required,
  userName: Required,
  usesPush: z.boolean(),
});

export const WorkAccount = z.strictObject({
  kind: z.literal("work"),
  issuer: Required,
  tenant: Required,
  userName: Required,
  usesPush: z.boolean(),
});

/** R3: only a third-party account has a secret; the credentials of the others are bound to a device. */
export const Account = z.discriminatedUnion("kind", [ThirdPartyAccount, PersonalAccount, WorkAccount]);
export type Account = z.infer<typeof Account>;

/** What tells one account from another, without anything secret. */
export const AccountName = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("third-party"), issuer: Name, userName: Name }),
  PersonalAccount.omit({ usesPush: true }),
  WorkAccount.omit({ usesPush: true }),
]);
export type AccountName = z.infer<typeof AccountName>;

/** An account whose credentials are bound to a device: they are made anew after step-up, or with the recovery (R15). */
export const BoundAccount = z.discriminatedUnion("kind", [
  PersonalAccount.omit({ usesPush: true }),
  WorkAccount.omit({ usesPush: true }),
]);
export type BoundAccount = z.infer<typeof BoundAccount>;

/** The name alone, without a secret and without what it uses. */
export function nameOf(account: AccountName): AccountName {
  const { kind, issuer, userName } = account;
  return kind === "work" ? { kind, issuer, userName, tenant: account.tenant } : { kind, issuer, userName };
}

/**
 * Equal for two entries if and only if they name the same account. Unicode is compared in NFC; the user names of accounts that
 * sign in at a provider without case, as providers do: another spelling must not be another account.
 */
export function identityOf(account: AccountName): string {
  const { kind, issuer, userName } = account;
  const name = kind === "third-party" ? userName : userName.toLowerCase();
  const parts = [kind, issuer, name, kind === "work" ? account.tenant : ""];
  return JSON.stringify(parts.map((part) => part.normalize("NFC")));
}
