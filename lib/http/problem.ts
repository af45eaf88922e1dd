/** Problem documents (RFC 9457): what each refusal looks like to a client, and what the client should do about it. */
import * as z from "zod";
import { Failure, type FailureKind } from "../domain/failure.ts";

/** `unexpected` is a fault of ours: whatever was thrown that is no Failure. */
export type ProblemKind = FailureKind | "unexpected";

/** Whether the same request may succeed later: as it is (after `Retry-After`), once changed, or not at all. */
type Retry = "as-is" | "after-change" | "never";

type Entry = { status: number; title: string; remedy: string; retry: Retry };

const entry = (status: number, retry: Retry, title: string, remedy: string): Entry => ({
  status,
  title,
  remedy,
  retry,
});

export const problems = {
  "invalid-request": entry(400, "after-change", "The request is not valid.", "Correct what `errors` names."),
  "body-required": entry(400, "after-change", "The request has no body.", "Send the document as the body."),
  "not-signed-in": entry(
    401,
    "after-change",
    "A valid access token is required.",
    "Send `Authorization: Bearer` with an access token of the recovery account; get a new one if it expired.",
  ),
  "sign-in-too-old": entry(
    401,
    "after-change",
    "A fresh sign-in is required.",
    "Let the owner sign in again (`max_age` as in WWW-Authenticate), then repeat with the new token.",
  ),
  "proof-invalid": entry(
    401,
    "after-change",
    "A valid device proof is required.",
    "Send a `DPoP` header made for this request: its method, its URL, this token, the present time, a new `jti`.",
  ),
  "device-revoked": entry(
    401,
    "after-change",
    "This device was revoked.",
    "Make a new device key, let the owner sign in again, and register it or recover with it.",
  ),
  "device-unknown": entry(
    403,
    "after-change",
    "This device is not registered.",
    "Let the owner sign in again, then register this device (POST v1/devices) or recover (POST v1/recoveries). " +
      "Where nothing is stored yet, the first upload needs neither.",
  ),
  "backup-not-found": entry(
    404,
    "after-change",
    "There is no backup.",
    "Ask for its staleness, or upload a backup.",
  ),
  "device-not-found": entry(404, "never", "There is no such device.", "List the devices (GET v1/devices)."),
  "accounts-overlap": entry(
    409,
    "after-change",
    "The device already has some of these accounts.",
    "Remove the accounts that `overlapping` points at from the device, or recover with `overlap: keep-existing`.",
  ),
  "backup-unreadable": entry(
    409,
    "never",
    "The backup can't be opened.",
    "Nothing was changed. Tell the people who run the service; a copy on another device is still good.",
  ),
  "too-many-devices": entry(
    409,
    "after-change",
    "Too many devices are registered.",
    "Revoke one that is not used.",
  ),
  "length-required": entry(
    411,
    "after-change",
    "The body has no length.",
    "Send Content-Length; a chunked body does not arrive.",
  ),
  "stale-precondition": entry(
    412,
    "after-change",
    "The backup changed since.",
    "Repeat with the ETag that it has now. If `generation` is another than you know, merge its content first.",
  ),
  "body-too-large": entry(413, "after-change", "The body is too large.", "Send a smaller document."),
  "unsupported-media-type": entry(
    415,
    "after-change",
    "The body is of a type that is not taken here.",
    "Send `Content-Type: application/json`, in UTF-8.",
  ),
  "idempotency-key-reused": entry(
    422,
    "after-change",
    "This Idempotency-Key belongs to another request.",
    "Use a new key for each new document.",
  ),
  "app-too-old": entry(
    426,
    "after-change",
    "This version of the app is too old.",
    "Let the owner update the app to `minimumVersion` or later.",
  ),
  "precondition-required": entry(
    428,
    "after-change",
    "The request must say what it replaces.",
    "Send `If-Match` with the ETag of the backup's status, or `If-None-Match: *` if there is none yet.",
  ),
  "too-many-recoveries": entry(
    429,
    "as-is",
    "Too many recoveries in a short time.",
    "Wait as Retry-After says.",
  ),
  busy: entry(503, "as-is", "Other requests change the same backup.", "Repeat as Retry-After says."),
  "storage-unavailable": entry(503, "as-is", "The storage does not answer.", "Repeat as Retry-After says."),
  "vault-unavailable": entry(
    503,
    "as-is",
    "The key vault does not answer.",
    "Repeat as Retry-After says. Uploads still work.",
  ),
  "identity-unavailable": entry(
    503,
    "as-is",
    "The identity provider does not answer.",
    "Repeat as Retry-After says.",
  ),
  unexpected: entry(500, "as-is", "Something went wrong here.", "Repeat once; then report the request id."),
} as const satisfies Record<ProblemKind, Entry>;

/** RFC 9457 §3; the members after `instance` stand only where they say something. */
export const Problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string(),
  remedy: z.string(),
  retry: z.enum(["as-is", "after-change", "never"]),
  errors: z.array(z.strictObject({ at: z.string(), detail: z.string() })).optional(),
  generation: z.int().optional(),
  etag: z.string().optional(),
  minimumVersion: z.string().optional(),
  overlapping: z.array(z.string()).optional(),
  maxAgeSeconds: z.int().optional(),
  retryAfterSeconds: z.int().optional(),
});
export type Problem = z.infer<typeof Problem>;

export const typeOf = (kind: ProblemKind) => `/problems/${kind}`;

export const kindOf = (error: unknown): ProblemKind => (error instanceof Failure ? error.kind : "unexpected");

/** Only a Failure's own words reach the client; anything else is `unexpected` and says nothing. */
export function problemOf(error: unknown, requestId: string): Problem {
  const kind = kindOf(error);
  const { status, title, remedy, retry } = problems[kind];
  const told =
    error instanceof Failure
      ? { detail: error.message, ...error.details }
      : { detail: title, retryAfterSeconds: 5 };
  return { type: typeOf(kind), title, status, instance: `urn:uuid:${requestId}`, remedy, retry, ...told };
}
