/** The settings of the app that are backed up: the known ones, its groups, and a bounded place for its own (R1). */
import * as z from "zod";
import { EntryId } from "../account.ts";
import { plainText } from "../text.ts";

const MAX_GROUPS = 1000;
/** Of a document's accounts, counted from 0. */
const Index = z.int().min(0).max(999);

/**
 * Which entries there are is for the app to know: an entry that was left out of the backup must not cost it.
 */
const Group = z.strictObject({
  name: plainText(320).min(1),
  order: z.int().optional(),
  members: z
    .array(z.union([EntryId, Index], "must be the id of an entry, or its place in `accounts`"))
    .max(1000)
    .optional(),
});

const KEY = /^[a-z0-9.-]{1,64}$/;
/**
 * Objects have these by themselves: whoever copies the settings carelessly would change what all objects are.
 */
const REFUSED: ReadonlySet<string> = new Set(["constructor", "prototype"]);
const MAX_KEYS = 100;
const MAX_CHARACTERS = 1024;
const MAX_BYTES = 16_384;

type Value = string | number | boolean;

function faultOf(key: string, value: unknown): string | undefined {
  if (!KEY.test(key)) return "must be called by 1 to 64 of the characters a-z, 0-9, dot and dash";
  if (REFUSED.has(key)) return "must have another name: objects have that by themselves";
  if (typeof value === "boolean") return undefined;
  if (typeof value === "number") return Number.isFinite(value) ? undefined : "must be a finite number";
  if (typeof value !== "string") return "must be text, a number, true or false";
  return value.length > MAX_CHARACTERS ? `must have at most ${MAX_CHARACTERS} characters` : undefined;
}

const isValue = (value: unknown): value is Value => ["string", "number", "boolean"].includes(typeof value);

/** In the order of their keys, so that the same settings are the same bytes. */
const sorted = (entries: [string, unknown][]): Record<string, Value> =>
  Object.fromEntries(
    entries
      .flatMap(([key, value]): [string, Value][] => (isValue(value) ? [[key, value]] : []))
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );

/** Each member is looked at by hand: z.record drops `__proto__` without a word. */
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

/** Unknown ones are refused: what is an app's own has its place in `custom`. */
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

/** As an app has sent them, to this version or another. */
export const StoredSettings = z.looseObject({});
export type StoredSettings = z.infer<typeof StoredSettings>;
