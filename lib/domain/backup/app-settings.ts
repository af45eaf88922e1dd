/** The app settings in a backup: known ones, groups, and a bounded place for the app's own (R1). */
import * as z from "zod";
import { EntryId } from "../account.ts";
import { plainText } from "../text.ts";

const MAX_GROUPS = 1000;
/** Position in the document's `accounts`, from 0. */
const Index = z.int().min(0).max(999);

/** Members may name entries outside the backup: leaving an entry out must not fail the upload. */
const Group = z.strictObject({
  name: plainText(320).min(1),
  order: z.int().optional(),
  members: z
    .array(z.union([EntryId, Index], "must be the id of an entry, or its place in `accounts`"))
    .max(1000)
    .optional(),
});

const KEY = /^[a-z0-9.-]{1,64}$/;
/** Names that all objects inherit: a careless copy of such a key could change every object. */
const REFUSED: ReadonlySet<string> = new Set(["constructor", "prototype"]);
const MAX_KEYS = 100;
const MAX_CHARACTERS = 1024;
const MAX_BYTES = 16_384;

type Value = string | number | boolean;

function faultOf(key: string, value: unknown): string | undefined {
  if (!KEY.test(key)) return "must be named with 1 to 64 of the characters a-z, 0-9, dot and dash";
  if (REFUSED.has(key)) return "must have another name: every object already has this one";
  if (typeof value === "boolean") return undefined;
  if (typeof value === "number") return Number.isFinite(value) ? undefined : "must be a finite number";
  if (typeof value !== "string") return "must be text, a number, true or false";
  return value.length > MAX_CHARACTERS ? `must have at most ${MAX_CHARACTERS} characters` : undefined;
}

const isValue = (value: unknown): value is Value => ["string", "number", "boolean"].includes(typeof value);

/** Sorted by key, so that equal settings give equal bytes. */
const sorted = (entries: [string, unknown][]): Record<string, Value> =>
  Object.fromEntries(
    entries
      .flatMap(([key, value]): [string, Value][] => (isValue(value) ? [[key, value]] : []))
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );

/** Checks each member by hand, because z.record silently drops `__proto__`. */
const Custom = z.unknown().transform((given, { issues }): Record<string, Value> => {
  const refuse = (message: string, ...path: string[]) => {
    issues.push({ code: "custom", input: undefined, path, message });
    return z.NEVER;
  };
  if (typeof given !== "object" || given === null || Array.isArray(given)) return refuse("must be an object");
  const entries = Object.entries(given);
  if (entries.length > MAX_KEYS) return refuse(`must have at most ${MAX_KEYS} members`);
  for (const [key, value] of entries) {
    const fault = faultOf(key, value);
    if (fault !== undefined) refuse(fault, key);
  }
  const custom = sorted(entries);
  if (Buffer.byteLength(JSON.stringify(custom)) > MAX_BYTES)
    return refuse(`must have at most ${MAX_BYTES} bytes as JSON`);
  return custom;
});

/** Refuses unknown settings; an app's own go into `custom`. */
export const AppSettings = z.strictObject({
  sortBy: z.enum(["manual", "issuer", "user-name"]).optional(),
  theme: z.enum(["system", "light", "dark"]).optional(),
  language: plainText(35).optional(),
  appLock: z.boolean().optional(),
  hideCodes: z.boolean().optional(),
  groups: z.array(Group).max(MAX_GROUPS).optional(),
  custom: Custom.optional(),
});
export type AppSettings = z.infer<typeof AppSettings>;

/** As an app sent them, to this version or another. */
export const StoredSettings = z.looseObject({});
export type StoredSettings = z.infer<typeof StoredSettings>;
