/** Verifies the access-key signature of a request. */
/** HMAC-SHA256 over method, path, date, host and the body's hash. */
import { createHash, createHmac } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { denied } from "./refusal.ts";

const LONGEST_SKEW_MS = 15 * 60_000;
const SCHEME = "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=";

export type SignedRequest = {
  method: string;
  /** Path and query, as they were sent. */
  target: string;
  headers: IncomingHttpHeaders;
  body: string;
};

export function assertSigned({ method, target, headers, body }: SignedRequest, accessKey: string): void {
  const { authorization = "", host = "" } = headers;
  const date = String(headers["x-ms-date"]);
  const hash = createHash("sha256").update(body).digest("base64");
  const signature = createHmac("sha256", Buffer.from(accessKey, "base64"))
    .update(`${method}\n${target}\n${date};${host};${hash}`)
    .digest("base64");
  if (!isRecent(date)) throw denied();
  if (headers["x-ms-content-sha256"] !== hash) throw denied();
  if (authorization !== `${SCHEME}${signature}`) throw denied();
}

const isRecent = (date: string) => Math.abs(Date.parse(date) - Date.now()) <= LONGEST_SKEW_MS;
