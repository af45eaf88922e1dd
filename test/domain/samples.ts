/** Values from a schema, with every field and every union option, and no two values alike. */
import * as z from "zod";
import { sha256 } from "../../lib/domain/hash.ts";

let count = 0;
const next = () => ++count;

/** As many as it takes to have every option once. */
export const samplesOf = <T>(schema: z.ZodType<T>): T[] =>
  valuesOf(schema).map((value) => schema.parse(value));

function valuesOf(schema: z.core.$ZodType): unknown[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return valuesOf(schema.unwrap());
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(valuesOf);
  if (schema instanceof z.ZodArray) return [valuesOf(schema.element)];
  if (schema instanceof z.ZodObject) return objectsOf(schema.shape);
  if (schema instanceof z.ZodEnum) return schema.options.slice(0, 1);
  if (schema instanceof z.ZodLiteral) return [...schema.values];
  if (schema instanceof z.ZodBoolean) return [true];
  if (schema instanceof z.ZodNumber) return [next()];
  if (schema instanceof z.ZodDate) return [new Date(Date.UTC(2026, 0, 1) + next())];
  return [textFor(schema)];
}

function objectsOf(shape: Record<string, z.core.$ZodType>): unknown[] {
  const fields = Object.entries(shape).map(([name, schema]) => ({ name, values: valuesOf(schema) }));
  const most = Math.max(...fields.map(({ values }) => values.length));
  return Array.from({ length: most }, (_, index) =>
    Object.fromEntries(fields.map(({ name, values }) => [name, values[index % values.length]])),
  );
}

/** A digest, an id or base64, whichever the schema accepts. */
function textFor(schema: z.core.$ZodType): string {
  const digest = sha256(`sample ${next()}`);
  const texts = [digest, digest.slice(0, 22), Buffer.from(digest).toString("base64")];
  const fitting = texts.find((text) => z.safeParse(schema, text).success);
  if (fitting) return fitting;
  throw new Error(`no sample for ${schema._zod.def.type}`);
}

/** Every leaf value, with the names of the fields that lead to it. */
export function leavesOf(
  value: unknown,
  path: string[] = [],
): { path: string; name: string; value: string }[] {
  if (Array.isArray(value)) return value.flatMap((each) => leavesOf(each, path));
  if (value instanceof Object && !(value instanceof Date))
    return Object.entries(value).flatMap(([name, each]) => leavesOf(each, [...path, name]));
  return [{ path: path.join("."), name: path.at(-1) ?? "", value: JSON.stringify(value) }];
}
