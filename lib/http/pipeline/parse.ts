/** Holds what came in against a schema; what doesn't fit is named by its place, never by its value. */
import type * as z from "zod";
import { Failure, type Fault } from "../../domain/failure.ts";
import { wordsFor } from "./fault-words.ts";

const MAX_TOLD = 100;
const MAX_KEY_TOLD = 64;

/** Where a value came from: a body's faults are named by JSON pointer (RFC 6901), others by name. */
export type Source = "body" | "path" | "query" | "header";

type Issue = z.core.$ZodIssue;

/** Fails as `invalid-request`. */
export function parse<S extends z.ZodType>(schema: S, value: unknown, source: Source): z.infer<S> {
  const result = schema.safeParse(value, { error: wordsFor });
  if (result.success) return result.data;
  const errors = faultsToTell(result.error.issues, source);
  const errorsTotal = result.error.issues.reduce((total, issue) => total + countOf(issue), 0);
  const [first] = errors;
  const message = first ? `${first.at}: ${first.detail}` : "The request is not valid.";
  const more = errorsTotal > errors.length ? ` (${errors.length} of ${errorsTotal} faults are shown)` : "";
  throw new Failure("invalid-request", message + more, { errors, errorsTotal });
}

const countOf = (issue: Issue) => (issue.code === "unrecognized_keys" ? issue.keys.length : 1);

/**
 * A hundred at most, in their order. One of each entry of a list comes before a second one of any: an app
 * that leaves out what is bad must hear of every bad entry.
 */
function faultsToTell(issues: Issue[], source: Source): Fault[] {
  const entries = new Set<string>();
  const firsts: { fault: Fault; at: number }[] = [];
  const others: { fault: Fault; at: number }[] = [];
  for (const [at, issue] of issues.entries()) {
    const entry = entryOf(issue.path);
    const room = MAX_TOLD - others.length;
    if (entries.has(entry) && room === 0) continue;
    const [first, ...more] = faultsOf(issue, source, room + 1).map((fault) => ({ fault, at }));
    const isNew = entries.size < entries.add(entry).size;
    if (first) (isNew ? firsts : others).push(first);
    others.push(...more);
  }
  const told = [...firsts, ...others].slice(0, MAX_TOLD);
  return told.sort((one, other) => one.at - other.at).map(({ fault }) => fault);
}

/** The path to the entry of the outermost list; elsewhere each place stands for itself. */
function entryOf(path: PropertyKey[]): string {
  const index = path.findIndex((step) => typeof step === "number");
  return JSON.stringify((index < 0 ? path : path.slice(0, index + 1)).map(String));
}

function faultsOf(issue: Issue, source: Source, most: number): Fault[] {
  if (issue.code !== "unrecognized_keys") return [{ at: place(issue.path, source), detail: issue.message }];
  return issue.keys.slice(0, most).map((key) => ({
    at: place([...issue.path, key], source),
    detail: "is not a known field: nothing but the documented fields is taken",
  }));
}

function place(path: PropertyKey[], source: Source): string {
  const steps = path.map((step) => String(step).slice(0, MAX_KEY_TOLD));
  if (source !== "body") return `${source} parameter ${steps.join(".")}`;
  return steps.map((step) => `/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("") || "body";
}
