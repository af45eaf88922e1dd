/** The kinds of values that settings have: each says what is wrong with a bad one, never what it held. */
import * as z from "zod";
import { parseKeyId } from "./azure/key-id.ts";

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** Plain HTTP is for development: allowed on loopback only. */
const isSafe = (url: URL | null) =>
  url?.protocol === "https:" || (url?.protocol === "http:" && LOOPBACK.has(url.hostname));

export const SafeUrl = z
  .url()
  .refine((text) => isSafe(URL.parse(text)), "must be https (http only on loopback)")
  .refine((text) => !/[?#]|\/$/.test(text), "must have no query, no fragment and no slash at its end");

/** A JSON text of this shape. */
export const jsonOf = <T extends z.ZodType>(schema: T) =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: "custom", message: "must be JSON", input: undefined });
        return z.NEVER;
      }
    })
    .pipe(schema);

export const listOf = <T extends z.ZodType<unknown, string>>(schema: T) =>
  z
    .string()
    .transform((text) =>
      text
        .split(",")
        .map((part) => part.trim())
        .filter(Boolean),
    )
    .pipe(z.array(schema));

export const KeyIdText = z.string().transform((text, context) => {
  const id = parseKeyId(text);
  if (id && isSafe(URL.parse(text))) return id;
  context.addIssue({
    code: "custom",
    message: "must be a versioned key id, https://VAULT/keys/NAME/VERSION",
    input: undefined,
  });
  return z.NEVER;
});

/** A whole number above zero. */
export const Count = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, "must be a whole number above zero")
  .transform(Number);

export const AppVersion = z.string().regex(/^\d{1,5}(\.\d{1,5}){0,3}$/, "must be a version such as 6.6.0");

const BLOB_ENDPOINT = /(?:^|;)BlobEndpoint=([^;]+)/i;

const isLoopbackConnection = (text: string) => {
  const endpoint = URL.parse(BLOB_ENDPOINT.exec(text)?.[1] ?? "");
  return text === "UseDevelopmentStorage=true" || LOOPBACK.has(endpoint?.hostname ?? "");
};

/** The blob service's https address, opened with the managed identity; for Azurite on loopback, a connection string. */
export const StorageAddress = z.union([
  z
    .string()
    .refine(isLoopbackConnection, "must be an https address: a connection string is allowed on loopback only")
    .transform((connectionString) => ({ connectionString })),
  SafeUrl.refine((text) => text.startsWith("https:")).transform((url) => ({ url })),
]);
export type StorageAddress = z.infer<typeof StorageAddress>;
