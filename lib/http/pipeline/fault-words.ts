/** Plain words for schema faults that have no message of their own: what is expected, never the value. */
import type * as z from "zod";

type Raw = z.core.$ZodRawIssue;
type Issue<Code extends Raw["code"]> = Extract<Raw, { code: Code }>;

const TYPES: Record<string, string> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "an object",
  record: "an object",
  array: "a list",
  null: "null",
};

/** The unit of a length limit. Numbers have none: they are compared, not counted. */
const COUNTED: Record<string, string> = {
  string: "characters",
  array: "entries",
  object: "members",
  map: "members",
};

/** A schema's own message takes precedence. */
export const wordsFor = (issue: Raw): string =>
  isMissing(issue) ? `is missing: it ${rightFor(issue)}` : rightFor(issue);

/** In a union, the missing member may be the discriminator. */
function isMissing({ code, input, ...issue }: Raw): boolean {
  const isUnion = code === "invalid_union" && typeof input === "object" && input !== null;
  return isUnion && "discriminator" in issue ? !(`${issue.discriminator}` in input) : input === undefined;
}

function rightFor(issue: Raw): string {
  switch (issue.code) {
    case "invalid_type":
      return expected(issue.expected);
    case "too_big":
      return bounded(issue.origin, `${issue.inclusive === false ? "less than" : "at most"} ${issue.maximum}`);
    case "too_small":
      return tooSmall(issue);
    case "invalid_value":
      return oneOf(issue.values);
    case "invalid_union":
      return "options" in issue && Array.isArray(issue.options)
        ? oneOf(issue.options)
        : "must be in one of the documented forms";
    case "not_multiple_of":
      return `must be a multiple of ${issue.divisor}`;
    default:
      return "must be in the documented form";
  }
}

function expected(type: string): string {
  const words = TYPES[type];
  return words === undefined ? "must not be there" : `must be ${words}`;
}

function tooSmall({ origin, minimum, inclusive }: Issue<"too_small">): string {
  if (origin in COUNTED && Number(minimum) === 1) return "must not be empty";
  return bounded(origin, `${inclusive === false ? "more than" : "at least"} ${minimum}`);
}

function bounded(origin: string, bound: string): string {
  const counted = COUNTED[origin];
  return counted ? `must have ${bound} ${counted}` : `must be ${bound}`;
}

const oneOf = (values: unknown[]) =>
  values.length === 1 ? `must be ${values[0]}` : `must be one of: ${values.join(", ")}`;
