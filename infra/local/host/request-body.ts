/** Reads a request body of known length into one buffer. */
import type { IncomingMessage } from "node:http";

const DEFAULT_LIMIT = 104_857_600;

export class BodyTooLarge extends Error {}

export function bodyLimit(): number {
  return Number(process.env["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"] ?? DEFAULT_LIMIT);
}

/**
 * Ignores a chunked body, as a function gets none without a Content-Length. @throws BodyTooLarge before
 * reading anything
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<ArrayBuffer | undefined> {
  const length = Number(request.headers["content-length"] ?? 0);
  if (length > limit) throw new BodyTooLarge();
  if (length === 0) {
    request.resume();
    return undefined;
  }
  const bytes = new Uint8Array(length);
  let filled = 0;
  for await (const chunk of request) {
    bytes.set(chunk, filled);
    filled += chunk.length;
  }
  return bytes.buffer;
}
