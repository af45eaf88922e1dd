/** Validates input against a schema. Faults name the place, never the value. */
import type * as z from "zod";
import { Failure, type Fault } from "../../domain/failure.ts";
import { wordsFor } from "./fault-words.ts";

const MAX_TOLD = 100;
const MAX_KEY_TOLD = 64;

/** Where a value came from. Faults in a body are named by JSON pointer (RFC 6901), others by parameter. */
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
 * At most a hundred faults, in order. Each bad entry of a list gets one fault before any gets a second: an
 * app that drops bad entries must hear of every one.
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

/** The path to the entry of the outermost list; outside lists, the whole path. */
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
