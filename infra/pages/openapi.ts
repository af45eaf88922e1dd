/** The parts of the OpenAPI document that the reference reads. */
import { readFile } from "node:fs/promises";
import * as z from "zod";

const Reference = z.object({ $ref: z.string() });

export type Schema = z.infer<typeof JsonSchema>;
const JsonSchema = z.object({
  $ref: z.string().optional(),
  type: z.string().optional(),
  description: z.string().optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  default: z.unknown().optional(),
  format: z.string().optional(),
  pattern: z.string().optional(),
  contentEncoding: z.string().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minItems: z.number().optional(),
  maxItems: z.number().optional(),
  maxProperties: z.number().optional(),
  required: z.array(z.string()).optional(),
  examples: z.array(z.unknown()).optional(),
  get items() {
    return z.union([JsonSchema, z.boolean()]).optional();
  },
  get prefixItems() {
    return z.array(JsonSchema).optional();
  },
  get properties() {
    return z.record(z.string(), JsonSchema).optional();
  },
  get additionalProperties() {
    return z.union([JsonSchema, z.boolean()]).optional();
  },
  get oneOf() {
    return z.array(JsonSchema).optional();
  },
  get anyOf() {
    return z.array(JsonSchema).optional();
  },
});

const Content = z.record(
  z.string(),
  z.object({
    schema: JsonSchema,
    example: z.unknown().optional(),
    examples: z
      .record(z.string(), z.object({ summary: z.string().optional(), value: z.unknown() }))
      .optional(),
  }),
);
export type Content = z.infer<typeof Content>;

const Parameter = z.object({
  name: z.string(),
  in: z.enum(["path", "query", "header"]),
  description: z.string().optional(),
  required: z.boolean().default(false),
  schema: JsonSchema,
  example: z.unknown().optional(),
});
export type Parameter = z.infer<typeof Parameter>;

const Header = z.object({ description: z.string(), schema: JsonSchema });

const Response = z.object({
  description: z.string(),
  headers: z.record(z.string(), z.union([Reference, Header])).default({}),
  content: Content.default({}),
});
export type Response = z.infer<typeof Response>;

const Operation = z.object({
  operationId: z.string(),
  tags: z.tuple([z.string()]),
  summary: z.string(),
  description: z.string().default(""),
  "x-access": z.string(),
  parameters: z.array(z.union([Reference, Parameter])).default([]),
  requestBody: z.object({ content: Content }).optional(),
  responses: z.record(z.string(), z.union([Reference, Response])),
});
export type Operation = z.infer<typeof Operation>;

const Document = z.object({
  info: z.object({ title: z.string(), version: z.string() }),
  tags: z.array(z.object({ name: z.string(), description: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.object({
    schemas: z.record(z.string(), JsonSchema),
    parameters: z.record(z.string(), Parameter).default({}),
    headers: z.record(z.string(), Header).default({}),
    responses: z.record(z.string(), Response).default({}),
  }),
});
export type Document = z.infer<typeof Document>;

/** Throws if the document has something that the reference can't show. */
export const readDocument = async (file: URL): Promise<Document> =>
  Document.parse(JSON.parse(await readFile(file, "utf8")));

export const nameIn = (reference: string): string => reference.slice(reference.lastIndexOf("/") + 1);

/** Follows a reference; other values are returned as they are. */
export function resolve<T extends object>(value: T | z.infer<typeof Reference>, named: Record<string, T>): T {
  if (!("$ref" in value) || typeof value.$ref !== "string") return value as T;
  const found = named[nameIn(value.$ref)];
  if (!found) throw new Error(`The document refers to ${value.$ref}, which it doesn't have.`);
  return found;
}

/** The usual form, such as `PUT v1/backups/{platform}`. */
export const routeOf = (method: string, path: string): string => `${method.toUpperCase()} ${path.slice(1)}`;
