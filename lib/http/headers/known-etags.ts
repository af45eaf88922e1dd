/** If-None-Match of a read (RFC 9110 §13.1.2): the states that the caller already has. */
import type { HttpRequest } from "@azure/functions";
import { invalid } from "../../domain/failure.ts";

const ETAGS = /^(?:W\/)?"[\x21\x23-\x7e]{1,100}"(?: *, *(?:W\/)?"[\x21\x23-\x7e]{1,100}")*$/;
const ETAG = /"[^"]+"/g;

/** Weak and strong ETags count alike; `*` matches any. Fails as `invalid-request` for anything else. */
export function readKnownEtags({ headers }: HttpRequest): string[] {
  const text = headers.get("if-none-match")?.trim();
  if (text === undefined) return [];
  if (text === "*") return ["*"];
  if (!ETAGS.test(text)) throw invalid("If-None-Match", 'must be * or ETags in quotes, such as "0x8D…"');
  return text.match(ETAG) ?? [];
}

export const isKnown = (etag: string, known: string[]): boolean =>
  known.some((each) => each === "*" || each === etag);
