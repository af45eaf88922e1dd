/** What Kestrel refuses before routing: long request lines, large headers, bytes that aren't text. */
import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";

const REQUEST_LINE_BYTES = 8192;
const HEADERS_BYTES = 32_768;
const HEADER_COUNT = 100;

/** @returns the status of the refusal, or undefined */
export function refusal(request: IncomingMessage): number | undefined {
  const { method = "", url = "", rawHeaders } = request;
  if (method.length + url.length + " ".length + " HTTP/1.1\r\n".length > REQUEST_LINE_BYTES) return 414;
  if (rawHeaders.length / 2 > HEADER_COUNT || headerBytes(rawHeaders) > HEADERS_BYTES) return 431;
  if (rawHeaders.some(isNotText)) return 400;
  const { host } = request.headers;
  if (host === undefined && request.httpVersion === "1.1") return 400;
  if (host && !URL.canParse(`http://${host}`)) return 400;
  return undefined;
}

function headerBytes(rawHeaders: string[]): number {
  const separators = (rawHeaders.length / 2) * ": \r\n".length;
  return rawHeaders.reduce((sum, text) => sum + text.length, separators);
}

/** Node reads header bytes as Latin-1; only ASCII and UTF-8 pass. */
function isNotText(header: string): boolean {
  return /[\x80-\xff]/.test(header) && !isUtf8(Buffer.from(header, "latin1"));
}
