/** What an app backs up: its accounts in order and its settings, and nothing else (R1). */
import * as z from "zod";
import { Account, identityOf } from "./account.ts";
import { unreadable } from "./envelope.ts";
import { jsonOf, plainText } from "./text.ts";

export const MAX_ACCOUNTS = 1000;

/** The app's own settings. Unknown ones are refused, so that nothing else can ever be stored. */
export const AppSettings = z.strictObject({
  sortBy: z.enum(["manual", "issuer", "user-name"]).optional(),
  theme: z.enum(["system", "light", "dark"]).optional(),
  language: plainText(35).optional(),
  appLock: z.boolean().optional(),
  hideCodes: z.boolean().optional(),
});

export type AppSettings = z.infer<typeof AppSettings>;

/** The order of `accounts` is the order in the app. */
export const BackupDocument = z
  .strictObject({ accounts: z.array(Account).max(MAX_ACCOUNTS), settings: AppSettings })
  .check(({ value, issues }) => {
    for (const index of repeatedAt(value.accounts.map(identityOf))) {
      issues.push({
        code: "custom",
        input: undefined,
        path: ["accounts", index],
        message: "is in the list twice",
      });
    }
  });
export type BackupDocument = z.infer<typeof BackupDocument>;

export const AccountCounts = z.strictObject({
  thirdParty: z.int().min(0),
  personal: z.int().min(0),
  work: z.int().min(0),
});
export type AccountCounts = z.infer<typeof AccountCounts>;

export function countAccounts({ accounts }: BackupDocument): AccountCounts {
  const count = (kind: Account["kind"]) => accounts.filter((account) => account.kind === kind).length;
  return { thirdParty: count("third-party"), personal: count("personal"), work: count("work") };
}

/** The bytes that are sealed: the same for documents that say the same. */
export const encodeDocument = (document: BackupDocument): Buffer => Buffer.from(JSON.stringify(document));

const Encoded = jsonOf(BackupDocument);

/** Fails as `backup-unreadable` on anything that `encodeDocument` didn't make. */
export function decodeDocument(content: Uint8Array): BackupDocument {
  const parsed = Encoded.safeParse(Buffer.from(content).toString());
  if (parsed.success) return parsed.data;
  throw unreadable();
}

function repeatedAt(names: string[]): number[] {
  const seen = new Set<string>();
  return names.flatMap((name, index) => (seen.size === seen.add(name).size ? [index] : []));
}
