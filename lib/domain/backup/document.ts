/** What an app backs up: its accounts in order and its settings, and nothing else (R1). */
import * as z from "zod";
import { Account, accountKey, StoredAccount } from "../account.ts";
import { materialOf } from "../code-parameters.ts";
import { unreadable } from "../sealing/seal.ts";
import { jsonOf } from "../text.ts";
import { AppSettings, StoredSettings } from "./app-settings.ts";

export const MAX_ACCOUNTS = 1000;

/** The order of `accounts` is the order in the app. */
export const BackupDocument = z
  .strictObject({ accounts: z.array(Account).max(MAX_ACCOUNTS), settings: AppSettings })
  .check(({ value, issues }) => {
    for (const { path, message } of repeatedIn(value.accounts))
      issues.push({ code: "custom", input: undefined, path: ["accounts", ...path], message });
  });
export type BackupDocument = z.infer<typeof BackupDocument>;

/** Members that this version doesn't know come back as they are. */
const stored = { accounts: z.array(StoredAccount), settings: StoredSettings };
export type StoredDocument = z.infer<z.ZodObject<typeof stored>>;
const StoredDocument: z.ZodType<StoredDocument> = z.looseObject(stored);

export const AccountCounts = z.strictObject({
  thirdParty: z.int().min(0),
  personal: z.int().min(0),
  work: z.int().min(0),
});
export type AccountCounts = z.infer<typeof AccountCounts>;
/** The same where it is stored: what a newer version counts beside them is kept. */
export const StoredCounts: z.ZodType<AccountCounts> = z.looseObject(AccountCounts.shape);

export function countAccounts({ accounts }: BackupDocument): AccountCounts {
  const count = (kind: Account["kind"]) => accounts.filter((account) => account.kind === kind).length;
  return { thirdParty: count("third-party"), personal: count("personal"), work: count("work") };
}

/** The bytes that are sealed: the same for documents that say the same. */
export const encodeDocument = (document: StoredDocument): Buffer => Buffer.from(JSON.stringify(document));

const Encoded = jsonOf(StoredDocument);

/** Fails as `backup-unreadable` on anything that no version's `encodeDocument` made. */
export function decodeDocument(content: Uint8Array): StoredDocument {
  const parsed = Encoded.safeParse(Buffer.from(content).toString());
  if (parsed.success) return parsed.data;
  throw unreadable();
}

type Repeated = { path: (string | number)[]; message: string };

/**
 * An id names one entry. Accounts that are bound to a device are told apart by their names; third-party
 * accounts of one name that make the same codes only by their ids, and only where both have one.
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
      { path: [index, "id"], message: `is the id of /accounts/${sameId}, too: it must name one entry` },
    ];
  });
}

/** The name of each entry, and where another one has it, also what its codes are made from. */
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
