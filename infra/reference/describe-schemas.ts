/** Puts words to the schemas and their members; whatever has none, and words that are for nothing, are errors. */
import { OWN, SCHEMAS, SHARED } from "./members.ts";
import { isJson, type Json } from "./schemas.ts";

/**
 * Each with its description, and so each of its members. Fails where there is none, and for words that
 * nothing needs.
 */
export function describeSchemas(schemas: Record<string, Json>): Record<string, Json> {
  const used = new Set<string>();
  const missing: string[] = [];
  const tell = (place: string, ...from: [table: Record<string, string>, key: string][]): string => {
    const [table, key] = from.find(([each, at]) => at in each) ?? [];
    if (!table || !key) missing.push(place);
    else used.add(key);
    return table?.[key ?? ""] ?? "";
  };
  const described = Object.entries(schemas).map(([name, schema]) => {
    const member = (path: string, last: string) => tell(path, [OWN, path], [SHARED, last]);
    return [
      name,
      { description: tell(name, [SCHEMAS, name]), ...withMembers(schema, name, member) },
    ] as const;
  });
  const idle = [SCHEMAS, OWN, SHARED].flatMap(Object.keys).filter((key) => !used.has(key));
  if (missing.length > 0) throw new Error(`infra/reference/members.ts says nothing of ${missing.join(", ")}`);
  if (idle.length > 0)
    throw new Error(`infra/reference/members.ts tells of ${idle.join(", ")}, which there isn't`);
  return Object.fromEntries(described);
}

type Tell = (path: string, last: string) => string;

/**
 * However deep they stand, up to where another schema begins. `path`: the names of the schema and of the
 * members around.
 */
function withMembers(schema: Json, path: string, tell: Tell): Json {
  const inner = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inner);
    return isJson(value) ? withMembers(value, path, tell) : value;
  };
  const member = ([name, value]: [string, unknown]) => {
    const at = `${path}.${name}`;
    return [name, isJson(value) ? { description: tell(at, name), ...withMembers(value, at, tell) } : value];
  };
  const entries = Object.entries(schema).map(([keyword, value]) =>
    keyword === "properties" && isJson(value)
      ? [keyword, Object.fromEntries(Object.entries(value).map(member))]
      : [keyword, inner(value)],
  );
  return Object.fromEntries(entries);
}
