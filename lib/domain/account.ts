/** An account in the app: which members are backed up, how it is stored, and how it is named. */
import * as z from "zod";
import { Fingerprint, OneTimeCode } from "./code-parameters.ts";
import { plainText } from "./text.ts";

const Name = plainText(320);
const Required = Name.min(1);

/** The app's own id, the same in each upload; may be a UUID. */
export const EntryId = z
  .string()
  .regex(/^[\w-]{1,64}$/, "must be 1 to 64 letters, digits, dashes and underscores, such as a UUID");

const id = EntryId.optional();
const group = Name.optional();
const usesPush = z.boolean();
const thirdParty = { kind: z.literal("third-party"), issuer: Name, userName: Name };
const personal = { kind: z.literal("personal"), issuer: Required, userName: Required };
const work = { kind: z.literal("work"), issuer: Required, tenant: Required, userName: Required };

/** R3: only a third-party account has a secret; credentials of the others are tied to a device. */
export const Account = z.discriminatedUnion("kind", [
  z.strictObject({ ...thirdParty, id, group, otp: OneTimeCode }),
  z.strictObject({ ...personal, id, group, usesPush }),
  z.strictObject({ ...work, id, group, usesPush }),
]);
export type Account = z.infer<typeof Account>;

const KINDS: ReadonlySet<string> = new Set(["third-party", "personal", "work"]);

const ForeignKind = z
  .string()
  .refine((kind) => !KINDS.has(kind))
  .brand<"foreign">();

/** A kind that only a newer version of the service knows, and its members. */
const any = z.unknown().optional();
const foreign = { kind: ForeignKind, id: any, issuer: any, userName: any };

/**
 * Stored accounts were checked on upload, by this version or another. A kind never loses members; extra
 * members are kept unchanged.
 */
const [storedName, storedId] = [z.string(), z.string().optional()];
const named = { issuer: storedName, userName: storedName, id: storedId };
const namedWork = { issuer: storedName, tenant: storedName, userName: storedName, id: storedId };
/** Members in upload order: they come back in the order they were sent. */
const grouped = { group: z.unknown().optional() };
const storedThirdParty = {
  kind: z.literal("third-party"),
  ...named,
  ...grouped,
  otp: z.looseObject({ type: z.string() }),
};
const storedPersonal = { kind: z.literal("personal"), ...named, ...grouped, usesPush };
const storedWork = { kind: z.literal("work"), ...namedWork, ...grouped, usesPush };

type Shaped<S extends z.ZodRawShape> = z.infer<z.ZodObject<S>>;
export type StoredThirdParty = Shaped<typeof storedThirdParty>;
export type StoredPersonal = Shaped<typeof storedPersonal>;
export type StoredWork = Shaped<typeof storedWork>;
export type ForeignAccount = Shaped<typeof foreign>;

export const StoredThirdParty = z.looseObject(storedThirdParty);
export const StoredPersonal = z.looseObject(storedPersonal);
export const StoredWork = z.looseObject(storedWork);
export const ForeignAccount = z.looseObject(foreign);

export type StoredAccount = StoredThirdParty | StoredPersonal | StoredWork | ForeignAccount;
export const StoredAccount: z.ZodType<StoredAccount> = z.union([
  z.discriminatedUnion("kind", [StoredThirdParty, StoredPersonal, StoredWork]),
  ForeignAccount,
]);

export const isForeign = (account: { kind: string }): account is ForeignAccount => !KINDS.has(account.kind);

const thirdPartyName = { kind: z.literal("third-party"), ...named };
const personalName = { kind: z.literal("personal"), ...named };
const workName = { kind: z.literal("work"), ...namedWork };
const text = z.string().optional();
const foreignName = { kind: ForeignKind, id: text, issuer: text, userName: text };

/** An account's name, without secrets and without `usesPush`. */
export type AccountName =
  | Shaped<typeof thirdPartyName>
  | Shaped<typeof personalName>
  | Shaped<typeof workName>
  | Shaped<typeof foreignName>;
export const AccountName: z.ZodType<AccountName> = z.union([
  z.discriminatedUnion("kind", [
    z.strictObject(thirdPartyName),
    z.strictObject(personalName),
    z.strictObject(workName),
  ]),
  z.strictObject(foreignName),
]);

/** The same in storage: keeps members that a newer version adds. */
export const StoredName: z.ZodType<AccountName> = z.union([
  z.discriminatedUnion("kind", [
    z.looseObject(thirdPartyName),
    z.looseObject(personalName),
    z.looseObject(workName),
  ]),
  z.looseObject(foreignName),
]);

// Apps send whole accounts back; these schemas drop the members that they don't need.

export const WorkName = z.object(work);

/** An account whose credentials are tied to a device; step-up or a recovery makes new ones (R15). */
export const DeviceBoundAccount = z.discriminatedUnion("kind", [z.object(personal), WorkName]);
export type DeviceBoundAccount = z.infer<typeof DeviceBoundAccount>;

/** The same in storage: keeps members that a newer version adds. */
export const StoredDeviceBound: z.ZodType<DeviceBoundAccount> = z.discriminatedUnion("kind", [
  z.looseObject(personal),
  z.looseObject(work),
]);

/**
 * An account already on the device. `fingerprint`: of the material of its codes; only compared, never stored,
 * logged or returned.
 */
export const ExistingAccount = z.discriminatedUnion("kind", [
  z.object({ ...thirdParty, id, fingerprint: Fingerprint.optional() }),
  z.object(personal),
  WorkName,
]);
export type ExistingAccount = z.infer<typeof ExistingAccount>;

/** The name alone, without secrets and without `usesPush`. */
export function nameOf(account: StoredAccount | AccountName): AccountName {
  if (isForeign(account)) {
    const { kind, id, issuer, userName } = account;
    return { kind, ...textIn("id", id), ...textIn("issuer", issuer), ...textIn("userName", userName) };
  }
  const { kind, id, issuer, userName } = account;
  return kind === "work"
    ? { kind, ...textIn("id", id), issuer, userName, tenant: account.tenant }
    : { kind, ...textIn("id", id), issuer, userName };
}

const textIn = <K extends string>(name: K, value: unknown) =>
  typeof value === "string" ? { [name]: value } : {};

type Named = {
  kind: string;
  issuer?: string | undefined;
  userName?: string | undefined;
  tenant?: string | undefined;
};

/**
 * Equal for two entries if and only if their names are equal; several third-party accounts may share a name.
 * Compares Unicode in NFC. User names of personal and work accounts ignore case, as providers do, so that
 * another spelling isn't another account.
 */
export function accountKey({ kind, issuer = "", userName = "", tenant = "" }: Named): string {
  const isBound = kind === "personal" || kind === "work";
  const parts = [kind, issuer, isBound ? userName.toLowerCase() : userName, kind === "work" ? tenant : ""];
  return JSON.stringify(parts.map((part) => part.normalize("NFC")));
}
