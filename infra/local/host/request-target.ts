/** The path and query of a request, decoded like Kestrel: once, and never into a slash. */
import { isUtf8 } from "node:buffer";

export interface Target {
  /** Decoded, without dot segments. */
  path: string;
  /** As sent, with its question mark, or empty. */
  query: string;
}

/** @returns undefined if Kestrel would answer 400 */
export function parseTarget(requestTarget: string): Target | undefined {
  if (/[^\x21-\x7e]/.test(requestTarget)) return undefined;
  const target = requestTarget.replace(/^https?:\/\/[^/?#]+(?=[/?]|$)/i, "") || "/";
  const mark = target.indexOf("?");
  const raw = mark < 0 ? target : target.slice(0, mark);
  if (!raw.startsWith("/") && raw !== "*" && raw !== "") return undefined;
  if (raw.includes("%00")) return undefined;
  const path = raw.includes("%") ? raw.replace(/(?:%[0-9a-f]{2})+/gi, decodeRun) : raw;
  return {
    path: path.includes("/.") ? removeDotSegments(path) : path,
    query: mark < 0 ? "" : target.slice(mark),
  };
}

/** Encodes characters that a path may not contain; keeps valid percent-escapes. */
export function encodePath(path: string): string {
  if (/^[\w!$&'()*+,\-./:;=@~]*$/.test(path)) return path;
  return path.replace(/%(?![0-9a-f]{2})|[^\w!$&'()*+,\-./:;=@~%]+/gi, (text) =>
    encodeURIComponent(text.toWellFormed()),
  );
}

/** Decodes a run of escapes; keeps `%2F` and bytes that aren't UTF-8. */
function decodeRun(run: string): string {
  const bytes = Buffer.from(run.replaceAll("%", ""), "hex");
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes[at] ?? 0);
    const sequence = bytes.subarray(at, at + length);
    const decodes = sequence.length === length && bytes[at] !== 0x2f && isUtf8(sequence);
    text += decodes ? sequence.toString() : run.slice(at * 3, at * 3 + 3);
    at += decodes ? length : 1;
  }
  return text;
}

function sequenceLength(lead: number): number {
  if (lead < 0xc0) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

function removeDotSegments(path: string): string {
  const kept: string[] = [];
  const segments = path.split("/").slice(1);
  for (const segment of segments) {
    if (segment === "..") kept.pop();
    else if (segment !== ".") kept.push(segment);
  }
  const endsInDots = /\/\.\.?$/.test(path);
  return `/${kept.join("/")}${endsInDots && kept.length > 0 ? "/" : ""}`;
}
