/** The document that an app backs up: its accounts in order and its settings, nothing else (R1). */
import * as z from "zod";
import { Account, accountKey, StoredAccount } from "../account.ts";
import { materialOf } from "../code-parameters.ts";
import { unreadable } from "../sealing/seal.ts";
import { jsonOf } from "../text.ts";
import { AppSettings, StoredSettings } from "./app-settings.ts";

export const MAX_ACCOUNTS = 1000;

/** `accounts` are in the app's order. */
export const BackupDocument = z
  .strictObject({ accounts: z.array(Account).max(MAX_ACCOUNTS), settings: AppSettings })
  .check(({ value, issues }) => {
    // Only well-formed entries can be compared by their codes.
    if (issues.length > 0) return;
    for (const { path, message } of repeatedIn(value.accounts))
      issues.push({ code: "custom", input: undefined, path: ["accounts", ...path], message });
  });
export type BackupDocument = z.infer<typeof BackupDocument>;

/** Keeps members that this version doesn't know. */
const stored = { accounts: z.array(StoredAccount), settings: StoredSettings };
export type StoredDocument = z.infer<z.ZodObject<typeof stored>>;
const StoredDocument: z.ZodType<StoredDocument> = z.looseObject(stored);

export const AccountCounts = z.strictObject({
  thirdParty: z.int().min(0),
  personal: z.int().min(0),
  work: z.int().min(0),
});
export type AccountCounts = z.infer<typeof AccountCounts>;
/** The same in storage: keeps counts that a newer version adds. */
export const StoredCounts: z.ZodType<AccountCounts> = z.looseObject(AccountCounts.shape);

export function countAccounts({ accounts }: BackupDocument): AccountCounts {
  const count = (kind: Account["kind"]) => accounts.filter((account) => account.kind === kind).length;
  return { thirdParty: count("third-party"), personal: count("personal"), work: count("work") };
}

/** The bytes to seal: equal for equal documents. */
export const encodeDocument = (document: StoredDocument): Buffer => Buffer.from(JSON.stringify(document));

const Encoded = jsonOf(StoredDocument);

/** Fails as `backup-unreadable` on anything that no version of `encodeDocument` wrote. */
export function decodeDocument(content: Uint8Array): StoredDocument {
  const parsed = Encoded.safeParse(Buffer.from(content).toString());
  if (parsed.success) return parsed.data;
  throw unreadable();
}

type Repeated = { path: (string | number)[]; message: string };

/**
 * Finds repeated entries. An id names one entry. Personal and work accounts differ by name. Third-party
 * accounts with equal names and codes differ only by their ids, and only if both have one.
 */
function repeatedIn(accounts: Account[]): Repeated[] {
  const contents = contentsOf(accounts);
  const ids = new Map<string, number>();
  const alike = new Map<string, { first: number; withoutId?: number }>();
  return accounts.flatMap(({ kind, id }, index): Repeated[] => {
    const content = contents[index] ?? "";
    const others = alike.get(content);
    const sameId = id === undefined ? undefined : ids.get(id);
    const isTold = kind === "third-party" && id !== undefined;
    const double = isTold ? others?.withoutId : others?.first;
    if (id !== undefined) ids.set(id, sameId ?? index);
    alike.set(content, { first: index, ...(id === undefined && { withoutId: index }), ...others });
    if (double !== undefined) return [{ path: [index], message: `is the same entry as /accounts/${double}` }];
    if (sameId === undefined) return [];
    return [
      { path: [index, "id"], message: `is also the id of /accounts/${sameId}: an id must name one entry` },
    ];
  });
}

/** Each entry's name, plus the material of its codes if another entry has the same name. */
function contentsOf(accounts: Account[]): string[] {
  const names = accounts.map(accountKey);
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return accounts.map((account, index) => {
    const name = names[index] ?? "";
    return account.kind === "third-party" && counts.get(name) !== 1
      ? `${name}\n${materialOf(account.otp)}`
      : name;
  });
}
