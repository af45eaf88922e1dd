/** Reads a request's JSON body: declared, complete, within bounds, UTF-8. */
import type { HttpRequest } from "@azure/functions";
import { Failure, invalid } from "../domain/failure.ts";

const MEDIA_TYPE = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

/**
 * Fails as `unsupported-media-type`, `length-required`, `body-too-large`, `body-required` or `invalid-request`.
 * The host drops a chunked body without a word, so a body must have a Content-Length.
 */
export async function readJson(request: HttpRequest, maxBytes: number): Promise<unknown> {
  const length = request.headers.get("content-length");
  if (length === null) throw new Failure("length-required", "The request has no Content-Length.");
  if (Number(length) > maxBytes) throw tooLarge(maxBytes);
  if (Number(length) === 0) throw new Failure("body-required", "The request has no body.");
  if (!MEDIA_TYPE.test(request.headers.get("content-type") ?? "")) {
    throw new Failure("unsupported-media-type", "Only application/json in UTF-8 is taken here.");
  }
  const bytes = new Uint8Array(await request.arrayBuffer());
  if (bytes.length === 0) throw new Failure("body-required", "The request has no body.");
  if (bytes.length > maxBytes) throw tooLarge(maxBytes);
  return parseJson(bytes);
}

const tooLarge = (maxBytes: number) =>
  new Failure("body-too-large", `The body may have at most ${maxBytes} bytes.`);

const decoder = new TextDecoder("utf-8", { fatal: true });

/** What JSON.parse says of bad JSON quotes it, so its words are not passed on. */
function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    throw invalid("body", "must be JSON in UTF-8 (RFC 8259)");
  }
}
