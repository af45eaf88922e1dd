/** Reads a request body of known length into one buffer. */
import type { IncomingMessage } from "node:http";

const DEFAULT_LIMIT = 104_857_600;

export class BodyTooLarge extends Error {}

export function bodyLimit(): number {
  return Number(process.env["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"] ?? DEFAULT_LIMIT);
}

function bodyLength({ headers }: IncomingMessage): number {
  return Number(headers["content-length"] ?? 0);
}

/**
 * Ignores a chunked body, as a function gets none without a Content-Length. @throws BodyTooLarge before
 * reading anything
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<ArrayBuffer | undefined> {
  const length = bodyLength(request);
  if (length > limit) throw new BodyTooLarge();
  if (length === 0) {
    request.resume();
    return undefined;
  }
  return await readBytes(request, length);
}

async function readBytes(request: IncomingMessage, length: number): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  const { promise, resolve, reject } = Promise.withResolvers<ArrayBuffer>();
  let filled = 0;
  request.on("data", (chunk: Uint8Array) => {
    bytes.set(chunk, filled);
    filled += chunk.length;
  });
  request.on("end", () => resolve(bytes.buffer));
  request.on("error", reject);
  return await promise;
}
