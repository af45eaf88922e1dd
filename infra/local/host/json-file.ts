/** Reads a JSON settings file and narrows its content. */
import { existsSync, readFileSync } from "node:fs";

export type Json = Record<string, unknown>;

/** The object in the file, or an empty one if there is no such file. */
export function readJsonFile(path: string): Json {
  if (!existsSync(path)) return {};
  try {
    return asRecord(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    throw new Error(`${path} is not valid JSON`, { cause });
  }
}

/** The members of an object; empty for anything else. */
export function asRecord(value: unknown): Json {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/** The members that are text, numbers or booleans, all as text. */
export function textMembers(value: unknown): Record<string, string> {
  const members = Object.entries(asRecord(value)).filter(([, member]) => typeof member !== "object");
  return Object.fromEntries(members.map(([name, member]) => [name, String(member)]));
}
