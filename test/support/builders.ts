/** The documents that tests back up. */
/** Every value that must never be seen outside begins with "canary" (or, as base32, CANARY). */
import { randomBytes } from "node:crypto";
import type { Reply } from "../../infra/local/phone.ts";
import type { Account, ExistingAccount } from "../../lib/domain/account.ts";
import type { BackupDocument } from "../../lib/domain/backup/document.ts";
import { fingerprintOf } from "../../lib/domain/code-parameters.ts";

type ThirdParty = Extract<Account, { kind: "third-party" }>;

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
export const aSecret = () => `CANARY${Array.from(randomBytes(20), (byte) => BASE32[byte % 32]).join("")}`;

export const anAccount = (change: Partial<ThirdParty> = {}): ThirdParty => ({
  kind: "third-party",
  issuer: "canary-issuer",
  userName: `canary-user-${crypto.randomUUID()}`,
  otp: { type: "totp", secret: aSecret(), algorithm: "SHA1", digits: 6, period: 30 },
  ...change,
});

export const aPersonalAccount = (change: object = {}): Account => ({
  kind: "personal",
  issuer: "https://canary-personal.example",
  userName: `canary-user-${crypto.randomUUID()}`,
  usesPush: false,
  ...change,
});

export const aWorkAccount = (change: object = {}): Account => ({
  kind: "work",
  issuer: "https://canary-work.example",
  tenant: "canary-tenant",
  userName: `canary-user-${crypto.randomUUID()}`,
  usesPush: true,
  ...change,
});

export const aBackup = (
  accounts: Account[] = [anAccount(), aPersonalAccount(), aWorkAccount()],
): BackupDocument => ({
  accounts,
  settings: { sortBy: "manual", theme: "dark" },
});

/** How a device that has the account describes it: by its name, its id, and its code parameters. */
export function onDevice(account: Account): ExistingAccount {
  if (account.kind !== "third-party") return byName(account);
  const { id, otp } = account;
  const fingerprint = fingerprintOf(otp);
  return { ...byName(account), ...(id !== undefined && { id }), ...(fingerprint && { fingerprint }) };
}

/** By its name alone. */
export function byName(account: Account): ExistingAccount {
  const { kind, issuer, userName } = account;
  return kind === "work" ? { kind, issuer, userName, tenant: account.tenant } : { kind, issuer, userName };
}

export const nothingYet = { "if-none-match": "*" };

/** The precondition with the ETag of this reply. */
export const replacing = ({ headers }: Reply) => ({ "if-match": headers.get("etag") ?? "" });

/** Too large for the owner's own blob. */
export const aLargeBackup = () =>
  aBackup(Array.from({ length: 400 }, (_, n) => anAccount({ userName: `canary-${n}-${"x".repeat(100)}` })));
