/** The path and query of a request, decoded like Kestrel: once, and never into a slash. */
import { isUtf8 } from "node:buffer";

export interface Target {
  /** Decoded, without dot segments. */
  path: string;
  /** As sent, with its question mark, or empty. */
  query: string;
}

/** One escaped character of UTF-8: a byte, or a first byte with those that belong to it. */
const CHARACTER =
  /%[0-7][\da-f]|%[cd][\da-f]%[89ab][\da-f]|%e[\da-f](?:%[89ab][\da-f]){2}|%f[0-7](?:%[89ab][\da-f]){3}/gi;

/** @returns undefined if Kestrel would answer 400 */
export function parseTarget(requestTarget: string): Target | undefined {
  if (/[^\x21-\x7e]/.test(requestTarget)) return undefined;
  const target = requestTarget.replace(/^https?:\/\/[^/?#]+(?=[/?]|$)/i, "") || "/";
  const mark = target.indexOf("?");
  const raw = mark < 0 ? target : target.slice(0, mark);
  if (!raw.startsWith("/") && raw !== "*" && raw !== "") return undefined;
  if (raw.includes("%00")) return undefined;
  const plain = /\/(?:\.|%2e)/i.test(raw) ? withoutDotSegments(raw) : raw;
  return {
    path: plain.replace(CHARACTER, decode),
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

/** Keeps `%2F`, and bytes that aren't UTF-8. */
function decode(escapes: string): string {
  const bytes = Buffer.from(escapes.replaceAll("%", ""), "hex");
  return bytes[0] !== 0x2f && isUtf8(bytes) ? bytes.toString() : escapes;
}

/** A URL has none; it would read a backslash as a slash, and end at `#`. */
const withoutDotSegments = (path: string) =>
  new URL(`http://local${path.replace(/[\\#]/g, encodeURIComponent)}`).pathname;
