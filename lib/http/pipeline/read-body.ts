/** Reads a request's body, and checks its length, media type and encoding. */
import type { HttpRequest } from "@azure/functions";
import { Failure, invalid } from "../../domain/failure.ts";

const JSON_TYPE = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;
const JOSE_TYPE = /^application\/jose\s*$/i;

/** A device-sealed document (RFC 7515 §9.2.1). */
export const isJose = ({ headers }: HttpRequest): boolean =>
  JOSE_TYPE.test(headers.get("content-type") ?? "");

/**
 * Fails as `unsupported-media-type`, `length-required`, `body-too-large`, `body-required` or
 * `invalid-request`.
 */
export const readJson = async (request: HttpRequest, maxBytes: number): Promise<unknown> =>
  parseJson(await readText(request, maxBytes, JSON_TYPE));

/** The compact form; a line end after it is dropped. Fails as `readJson` does. */
export const readJose = async (request: HttpRequest, maxBytes: number): Promise<string> =>
  (await readText(request, maxBytes, JOSE_TYPE)).trim();

/** The host silently drops chunked bodies, so a body must have a Content-Length. */
async function readText(request: HttpRequest, maxBytes: number, type: RegExp): Promise<string> {
  const length = request.headers.get("content-length");
  if (length === null) throw new Failure("length-required", "The request has no Content-Length.");
  if (Number(length) > maxBytes) throw tooLarge(maxBytes);
  if (Number(length) === 0) throw new Failure("body-required", "The request has no body.");
  if (!type.test(request.headers.get("content-type") ?? "")) {
    throw new Failure("unsupported-media-type", "The body must be application/json in UTF-8.");
  }
  const bytes = new Uint8Array(await request.arrayBuffer());
  if (bytes.length === 0) throw new Failure("body-required", "The request has no body.");
  if (bytes.length > maxBytes) throw tooLarge(maxBytes);
  return decode(bytes);
}

const tooLarge = (maxBytes: number) =>
  new Failure("body-too-large", `The body may have at most ${maxBytes} bytes.`);

const notJson = () => invalid("body", "must be JSON in UTF-8 (RFC 8259)");
const notUtf8 = () => invalid("body", "must be UTF-8");
const decoder = new TextDecoder("utf-8", { fatal: true });

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw notUtf8();
  }
}

/** JSON.parse quotes the input in its message, so the message isn't passed on. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notJson();
  }
}
