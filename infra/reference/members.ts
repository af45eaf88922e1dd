/** What each member says. */
import type { Json } from "./schemas.ts";

export function describeMembers(schemas: Record<string, Json>): Record<string, Json> {
  return schemas;
}
