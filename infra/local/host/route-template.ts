/** Compiles a route of literals, `{name}` and a final `{*name}` to a path matcher: the app needs no more. */

export type Params = Record<string, string>;
export type RouteMatcher = (path: string) => Params | undefined;

const SEGMENT = /^(?:([\w.-]+)|\{(\*?)(\w+)\})$/;

/** @throws if the template has anything else, or a name twice */
export function compileTemplate(template: string): RouteMatcher {
  const segments = template.split("/");
  const sources = segments.map((segment, at) => segmentSource(segment, at === segments.length - 1));
  if (sources.includes(undefined)) {
    throw new Error(
      `The local host can't serve "${template}": it knows literals, {name} and, at the end, {*name}.`,
    );
  }
  const pattern = new RegExp(`^${sources.join("")}/?$`, "is");
  return (path) => {
    const found = pattern.exec(path);
    return found ? present(found.groups) : undefined;
  };
}

/** A catch-all keeps slashes, even a trailing one; its value doesn't begin with one. */
function segmentSource(segment: string, isLast: boolean): string | undefined {
  const [, literal, star, name] = SEGMENT.exec(segment) ?? [];
  if (literal !== undefined) return `/${literal.replaceAll(".", "\\.")}`;
  if (name === undefined) return undefined;
  if (star === "") return `/(?<${name}>[^/]+)`;
  return isLast ? `(?:/(?<${name}>[^/].*)?)?$` : undefined;
}

/** An empty catch-all is no parameter. */
const present = (groups: Record<string, string | undefined> = {}): Params =>
  Object.fromEntries(
    Object.entries(groups).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
