/** If-Match and If-None-Match (RFC 9110 §13.1): which state of the backup a request replaces (R7). */
import type { HttpRequest } from "@azure/functions";
import type { Precondition } from "../../domain/backup/head.ts";
import { Failure, invalid } from "../../domain/failure.ts";

/** A compressing proxy makes ETags weak (`W/`); they count as the strong ones they came from. */
const ETAG = /^(?:W\/)?("[\x21\x23-\x7e]{1,100}")$/;

/** Fails as `precondition-required`, or as `invalid-request` unless it is one ETag or `If-None-Match: *`. */
export function readPrecondition({ headers }: HttpRequest): Precondition {
  const replaces = headers.get("if-match");
  const absent = headers.get("if-none-match");
  if (replaces !== null && absent !== null) throw invalid("If-None-Match", "must not be sent with If-Match");
  if (absent !== null) {
    if (absent.trim() !== "*")
      throw invalid("If-None-Match", "must be *, which means that there is no backup yet");
    return "nothing";
  }
  if (replaces === null) throw new Failure("precondition-required", "If-Match or If-None-Match is missing.");
  const [, etag] = ETAG.exec(replaces.trim()) ?? [];
  if (etag === undefined) throw invalid("If-Match", 'must be one ETag in quotes, such as "0x8D…"');
  return { replaces: etag };
}
