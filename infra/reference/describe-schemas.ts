/** Adds descriptions to the schemas and their members; missing and unused descriptions are errors. */
import { OWN, SCHEMAS, SHARED } from "./members.ts";
import { isJson, type Json } from "./schemas.ts";

/** Describes each schema and each of its members. Throws on missing or unused descriptions. */
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
  if (missing.length > 0)
    throw new Error(`infra/reference/members.ts doesn't describe ${missing.join(", ")}`);
  if (idle.length > 0)
    throw new Error(`infra/reference/members.ts describes ${idle.join(", ")}, which doesn't exist`);
  return Object.fromEntries(described);
}

type Tell = (path: string, last: string) => string;

/** Describes members at any depth, up to references. `path`: names of the schema and the outer members. */
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
