/** Holds what came in against a schema; what doesn't fit is named by its place, never by its value. */
import type * as z from "zod";
import { Failure, type Fault } from "../domain/failure.ts";

const MAX_TOLD = 20;
const MAX_KEY_TOLD = 64;

/** Where a value came from: a body's faults are named by JSON pointer (RFC 6901), others by name. */
export type Source = "body" | "path" | "query" | "header";

/** Fails as `invalid-request`. */
export function parse<S extends z.ZodType>(schema: S, value: unknown, source: Source): z.infer<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues.flatMap((issue) => faultsOf(issue, source)).slice(0, MAX_TOLD);
  const [first] = errors;
  throw new Failure("invalid-request", first ? `${first.at}: ${first.detail}` : "The request is not valid.", {
    errors,
  });
}

function faultsOf(issue: z.core.$ZodIssue, source: Source): Fault[] {
  if (issue.code !== "unrecognized_keys") return [{ at: place(issue.path, source), detail: issue.message }];
  return issue.keys.map((key) => ({
    at: place([...issue.path, key], source),
    detail: "is not a known field: nothing but the documented fields is taken",
  }));
}

function place(path: PropertyKey[], source: Source): string {
  const steps = path.map((step) => String(step).slice(0, MAX_KEY_TOLD));
  if (source !== "body") return `${source} parameter ${steps.join(".")}`;
  return steps.map((step) => `/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("") || "body";
}
