/** The Idempotency-Key header (draft-ietf-httpapi-idempotency-key-header): repeats take effect once. */
import type { HttpRequest } from "@azure/functions";
import { invalid } from "../../domain/failure.ts";

const KEY = /^[\x21-\x7e]{1,255}$/;

/** Fails as `invalid-request` unless the key has 1 to 255 visible ASCII characters. */
export function readIdempotencyKey({ headers }: HttpRequest): string | undefined {
  const key = headers.get("idempotency-key");
  if (key === null) return undefined;
  if (!KEY.test(key)) throw invalid("Idempotency-Key", "must be 1 to 255 visible ASCII characters");
  return key;
}
