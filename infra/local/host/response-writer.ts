/** Writes responses like the host: custom headers, Kestrel's name, chunked unless a length is set. */
import { type ServerResponse, STATUS_CODES } from "node:http";
import type { HttpResponseData } from "./core-types.ts";

type Headers = [name: string, value: string][];

const SERVER: [string, string] = ["Server", "Kestrel"];
const BODILESS = new Set([204, 205, 304]);

/** An answer without a body, such as 404 or a failure's 500. */
export function writeEmpty(response: ServerResponse, status: number, headers: Headers): void {
  const length: Headers = status === 204 ? [] : [["Content-Length", "0"]];
  response.writeHead(status, STATUS_CODES[status], [SERVER, ...length, ...headers].flat()).end();
}

/**
 * @throws if the function's status, headers, cookies or length can't be sent; then nothing has been written
 */
export function writeResponse(
  response: ServerResponse,
  data: HttpResponseData,
  customHeaders: Headers,
): void {
  const status = Number(data.statusCode);
  const body = BODILESS.has(status) ? undefined : data.body?.bytes;
  const headers = Object.entries(data.headers);
  if (data.cookies.length > 0) throw new Error("The local host writes no cookies.");
  checkSendable(headers);
  checkLength(data.headers["content-length"], body?.length ?? 0, response.req.method);
  const length: Headers =
    body?.length || status === 204 || status === 304 || data.headers["content-length"]
      ? []
      : [["Content-Length", "0"]];
  const missing = customHeaders.filter(([name]) => !Object.hasOwn(data.headers, name.toLowerCase()));
  response.writeHead(status, [SERVER, ...headers, ...missing, ...length].flat());
  response.end(body?.length ? body : undefined);
}

function checkSendable(headers: Headers): void {
  for (const [name, value] of headers) {
    if (/[^\t\x20-\x7e]/.test(value))
      throw new RangeError(`Header ${name} has characters that cannot be sent`);
  }
}

function checkLength(declared: string | undefined, actual: number, method: string | undefined): void {
  if (declared === undefined || Number(declared) === actual || method === "HEAD") return;
  throw new RangeError(`Content-Length is ${declared}, but the body has ${actual} bytes`);
}
