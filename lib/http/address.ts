/** Addresses of contacts: read as people write them, kept in the one way that two of them can be compared in, never corrected. */
import { domainToASCII } from "node:url";
import { parsePhoneNumberFromString } from "libphonenumber-js/mobile";
import { invalid } from "../domain/failure.ts";
import { withoutInvisible, withPlainDigits } from "../domain/typed.ts";

/** Room for a name and what else stands around an address. */
export const MOST_TYPED = 500;

const MOST_LOCAL = 64;
/** RFC 5321 §4.5.3.1.3, without the angle brackets. */
const MOST_EMAIL = 254;
const LOCAL = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;
const IN_DOMAIN = /^[\p{L}\p{N}\p{M}.。．｡\-－\u200c\u200d]+$/u;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const TOP_LABEL = /^[a-z][a-z0-9-]*[a-z0-9]$/;

/**
 * Domains of some scripts hold joiners, which make them other domains; all else that can't be seen is
 * dropped.
 */
const INVISIBLE = /[^\P{Cf}\u200c\u200d]/gu;
/** What can neither begin nor end an address that is sent to, and quotes. */
const BEFORE = /^[\s"“”„«»‘‚(<[]+/u;
const AFTER = /[\s"“”„«»’>)\].,;:!?。．｡]+$/u;
const NAMED = /^[^<>]*<([^<>]*)>[\s.,;]*$/;

/**
 * What RFC 5321 §4.1.2 allows without quotes, at a domain of any script, which is kept as its ASCII form. The
 * domain doesn't know case (§2.4). Fails as `invalid-request`.
 */
export function emailAddress(text: string): string {
  const address = addressIn(text.replaceAll(INVISIBLE, "").trim()).replaceAll(/[＠﹫]/g, "@");
  const at = address.lastIndexOf("@");
  const [local, domain] = [address.slice(0, Math.max(at, 0)), asciiOf(address.slice(at + 1))];
  if (/[^\p{ASCII}]/u.test(local))
    throw invalid(
      "/address",
      "must have only ASCII letters, digits and signs before the @: mail is sent to no others",
    );
  const canonical = `${local}@${domain ?? ""}`;
  if (domain && LOCAL.test(local) && local.length <= MOST_LOCAL && canonical.length <= MOST_EMAIL)
    return canonical;
  throw invalid("/address", "must be an e-mail address, such as anna@example.com");
}

/** Without the name beside it, the quotes around it and the full stop after it. */
function addressIn(text: string): string {
  const bare = (NAMED.exec(text)?.[1] ?? text).replace(BEFORE, "").replace(AFTER, "");
  const [, link] = /^mailto:([^?]*)/i.exec(bare) ?? [];
  const address = link === undefined ? bare : decodedIn(link);
  return /^'.*'$/.test(address) ? address.slice(1, -1) : address;
}

/** RFC 6068 §2: a link writes some signs as `%2B`. */
function decodedIn(link: string): string {
  try {
    return decodeURIComponent(link);
  } catch {
    return link;
  }
}

/** Undefined for what is no domain name; a path or a port behind one makes it none. */
function asciiOf(domain: string): string | undefined {
  const labels = (IN_DOMAIN.test(domain) ? domainToASCII(domain) : "").split(".");
  const isName = labels.length > 1 && labels.every((label) => LABEL.test(label));
  return isName && TOP_LABEL.test(labels.at(-1) ?? "") ? labels.join(".") : undefined;
}

/**
 * Spaces, dashes, dots and slashes, as numbers are grouped by; the long vowel mark stands beside the dash on
 * Japanese keyboards.
 */
const GAPS = /[\s\p{Pd}\u2212\u30fc./．／]/gu;
const BRACKETS = /[()[\]]/g;

/**
 * E.164, of a mobile: exactly the digits that were typed, since dropping one that is too many could make it a
 * stranger's number. Only the `(0)` that isn't dialled from abroad is left out, where one reading alone is a
 * number. Fails as `invalid-request`.
 */
export function phoneNumber(text: string): string {
  const plain = withPlainDigits(withoutInvisible(text)).replaceAll(/[＋﹢]/g, "+");
  const written = plain
    .replaceAll(/[（［]/g, "(")
    .replaceAll(/[）］]/g, ")")
    .replace(/^\s*tel:/i, "")
    .replaceAll(GAPS, "");
  const readings = [written, written.replace("(0)", "")].map((reading) => reading.replaceAll(BRACKETS, ""));
  const [number, other] = [...new Set(readings)].filter(isMobile);
  if (number && !other) return number;
  if (written.startsWith("00"))
    throw invalid(
      "/address",
      "must begin with + and the country code: 00 says something else in some countries",
    );
  throw invalid("/address", "must be a mobile number with + and its country code, such as +46701234567");
}

/**
 * The library reads a number that isn't one yet as what was meant, so what it has read must be what stands
 * there.
 */
function isMobile(number: string): boolean {
  const read = /^\+\d{6,15}$/.test(number) ? parsePhoneNumberFromString(number) : undefined;
  return read?.number === number && read.isValid() && read.getType() === "MOBILE";
}

/** Of a number that `phoneNumber` wrote: "46" for Sweden. */
export const callingCodeOf = (number: string): string =>
  parsePhoneNumberFromString(number)?.countryCallingCode ?? "";
