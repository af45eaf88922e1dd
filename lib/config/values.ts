/** The kinds of values that settings have. Errors say what is wrong, never what the value was. */
import * as z from "zod";
import { parseKeyId } from "./key-id.ts";

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** Plain HTTP is for development: allowed on loopback only. */
export const isLoopback = (text: string): boolean => LOOPBACK.has(URL.parse(text)?.hostname ?? "");

const isSafe = (url: URL | null) =>
  url?.protocol === "https:" || (url?.protocol === "http:" && LOOPBACK.has(url.hostname));

const SecureUrl = z.url().refine((text) => isSafe(URL.parse(text)), "must be https (http only on loopback)");

/** OpenID Connect Core §2: compared exactly, including a trailing slash. One issuer, never a pattern. */
export const IssuerUrl = SecureUrl.refine(
  (text) => !/[?#@]/.test(text),
  "must have no query, fragment or user name",
).refine(
  (text) => !/[*{}]|\/(common|organizations|consumers)\//.test(text),
  "must be one issuer, not a pattern for many",
);

export const SafeUrl = SecureUrl.refine(
  (text) => !/[?#@]|\/$/.test(text),
  "must have no query, fragment, user name or trailing slash",
);

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

/** A number of days, 1 to 36500. */
export const Days = z
  .string()
  .regex(/^[1-9]\d{0,4}$/, "must be a whole number above zero")
  .transform(Number)
  .refine((days) => days <= 36_500, "must not be more than 36500");

/** A number of hours, 0 to 744. */
export const Hours = z
  .string()
  .regex(/^\d{1,3}$/, "must be a whole number")
  .transform(Number)
  .refine((hours) => hours <= 744, "must not be more than 744");

/** A whole number above zero. */
export const Count = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, "must be a whole number above zero")
  .transform(Number);

export const AppVersion = z.string().regex(/^\d{1,5}(\.\d{1,5}){0,3}$/, "must be a version such as 6.6.0");

export type CommunicationAddress = { url: string } | { connectionString: string };

/**
 * The https address of Communication Services, used with the managed identity; a connection string only on
 * loopback.
 */
export const CommunicationAddress = z.string().transform((text, context): CommunicationAddress => {
  const [, endpoint = ""] = /^endpoint=([^;]+);accesskey=[^;]+$/i.exec(text) ?? [];
  if (LOOPBACK.has(URL.parse(endpoint)?.hostname ?? "")) return { connectionString: text };
  if (text.startsWith("https:") && SafeUrl.safeParse(text).success) return { url: text };
  const message =
    "must be the https address of a communication service (a connection string only on loopback)";
  context.addIssue({ code: "custom", message, input: undefined });
  return z.NEVER;
});

/** A queue service's connection string, on loopback only. */
export const QueueConnection = z.string().transform((text, context) => {
  const hosts = [...text.matchAll(/(?:^|;)\s*QueueEndpoint=([^;]+)/gi)].map(
    ([, url = ""]) => URL.parse(url)?.hostname,
  );
  const safe = hosts.length > 0 && hosts.every((host) => host !== undefined && LOOPBACK.has(host));
  if (safe) return text;
  const message = "must be a connection string on loopback; elsewhere set QUEUE_STORAGE__queueServiceUri";
  context.addIssue({ code: "custom", message, input: undefined });
  return z.NEVER;
});

/** `46:5000,*:100`: limits by calling code (E.164), `*` for all others. A code without a limit gets none. */
export const DailyLimits = z.string().transform((text, context): ReadonlyMap<string, number> => {
  const parts = text.split(",").map((part) => /^(\*|[1-9]\d{0,2}):(\d{1,7})$/.exec(part.trim()));
  if (parts.every((part) => part !== null))
    return new Map(parts.map(([, code = "", most]) => [code, Number(most)]));
  const message = "must be a list of CALLINGCODE:NUMBER, such as 46:5000,*:100";
  context.addIssue({ code: "custom", message, input: undefined });
  return z.NEVER;
});

const BLOB_ENDPOINT = /(?:^|;)\s*BlobEndpoint=([^;]+)/gi;

/** Checks every endpoint in the string, since the SDK might use any of them. */
function isLoopbackConnection(text: string): boolean {
  const hosts = [...text.matchAll(BLOB_ENDPOINT)].map(([, url = ""]) => URL.parse(url)?.hostname ?? "");
  return hosts.length > 0 && hosts.every((host) => LOOPBACK.has(host));
}

export type StorageAddress = { url: string } | { connectionString: string };

/**
 * The https address of a blob service, used with the managed identity; a connection string only for Azurite
 * on loopback.
 */
export const StorageAddress = z.string().transform((text, context): StorageAddress => {
  if (isLoopbackConnection(text)) return { connectionString: text };
  const url = SafeUrl.safeParse(text).success ? URL.parse(text) : null;
  if (url?.protocol === "https:" && url.pathname === "/" && url.username === "") return { url: url.origin };
  const message = "must be the https address of a blob service (a connection string only on loopback)";
  context.addIssue({ code: "custom", message, input: undefined });
  return z.NEVER;
});
