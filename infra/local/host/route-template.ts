/** Compiles an ASP.NET route template, such as `items/{id:int}/{*rest}`, to a path matcher. */
import { type Constraint, parseConstraint } from "./route-constraints.ts";
import { splitTemplate, type TemplatePart } from "./template-parts.ts";

export type Params = Record<string, string>;
export type RouteMatcher = (path: string) => Params | undefined;

interface Parameter {
  name: string;
  catchAll: boolean;
  optional: boolean;
  fallback: string | undefined;
  constraints: Constraint[];
}

const CONSTRAINT = /:([^:=(]+(?:\(.*?\)(?=[:=]|$))?)/gs;
/** Keeps slashes, a trailing one too; what it takes doesn't begin with one. */
const CATCH_ALL = "(?:/([^/].*)?)?$";

/** @throws if the template cannot be parsed */
export function compileTemplate(template: string): RouteMatcher {
  const parameters: Parameter[] = [];
  const segments = template === "" ? [] : splitTemplate(template);
  const source = segments.map((segment) => segmentSource(segment, parameters)).join("");
  refuseRepeats(parameters);
  const pattern = new RegExp(`^${source}/?$`, "is");
  return (path) => {
    const found = pattern.exec(path);
    return found ? read(parameters, found) : undefined;
  };
}

function segmentSource(parts: TemplatePart[], parameters: Parameter[]): string {
  const [first] = parts;
  if (first === undefined) throw new Error("A route segment is empty");
  const source = parts.map((part) => (part.isParameter ? "([^/]+)" : escapeRegExp(part.text))).join("");
  const found = parts.filter((part) => part.isParameter).map(({ text }) => parseParameter(text));
  parameters.push(...found);
  if (found[0]?.catchAll) return CATCH_ALL;
  const optional = parts.length === 1 && (found[0]?.optional || found[0]?.fallback !== undefined);
  return optional ? `(?:/${source})?` : `/${source}`;
}

function parseParameter(text: string): Parameter {
  const [, stars, name, rest = ""] = /^(\*{0,2})([^:=?*{}/]+)(.*)$/s.exec(text.replace(/\?$/, "")) ?? [];
  if (name === undefined) throw new Error(`The route parameter "{${text}}" is not valid`);
  const constraints = [...rest.matchAll(CONSTRAINT)].map(([, constraint = ""]) =>
    parseConstraint(constraint),
  );
  const fallback = rest.replace(CONSTRAINT, "");
  return {
    name,
    constraints,
    catchAll: stars !== "",
    optional: text.endsWith("?"),
    fallback: fallback === "" ? undefined : fallback.slice(1),
  };
}

function read(parameters: Parameter[], found: RegExpExecArray): Params | undefined {
  const params: Params = {};
  for (const [index, { name, fallback, constraints }] of parameters.entries()) {
    const value = found[index + 1] ?? fallback;
    if (value === undefined) continue;
    if (!constraints.every((accepts) => accepts(value))) return undefined;
    params[name] = value;
  }
  return params;
}

function refuseRepeats(parameters: Parameter[]): void {
  const names = parameters.map(({ name }) => name.toLowerCase());
  if (new Set(names).size < names.length) throw new Error("A route parameter occurs twice");
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
