/** Contact addresses: read as people write them, stored in one comparable form, never corrected. */
import { domainToASCII } from "node:url";
import { parsePhoneNumberFromString } from "libphonenumber-js/mobile";
import { invalid } from "../domain/failure.ts";
import { withoutInvisible, withPlainDigits } from "../domain/typed.ts";

/** Room for an address with a name and brackets around it. */
export const MOST_TYPED = 500;

const MOST_LOCAL = 64;
/** RFC 5321 §4.5.3.1.3, without the angle brackets. */
const MOST_EMAIL = 254;
const LOCAL = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;
const IN_DOMAIN = /^[\p{L}\p{N}\p{M}.。．｡\-－\u200c\u200d]+$/u;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const TOP_LABEL = /^[a-z][a-z0-9-]*[a-z0-9]$/;

/** Invisible characters to drop: all but joiners, which are significant in domains of some scripts. */
const INVISIBLE = /[^\P{Cf}\u200c\u200d]/gu;
/** Quotes, brackets and punctuation around an address. */
const BEFORE = /^[\s"“”„«»‘‚(<[]+/u;
const AFTER = /[\s"“”„«»’>)\].,;:!?。．｡]+$/u;
const NAMED = /^[^<>]*<([^<>]*)>[\s.,;]*$/;

/**
 * Accepts the unquoted local parts of RFC 5321 §4.1.2. The domain may be of any script and is stored in its
 * ASCII form, in lower case (§2.4). Fails as `invalid-request`.
 */
export function emailAddress(text: string): string {
  const address = addressIn(text.replaceAll(INVISIBLE, "").trim()).replaceAll(/[＠﹫]/g, "@");
  const at = address.lastIndexOf("@");
  const [local, domain] = [address.slice(0, Math.max(at, 0)), asciiOf(address.slice(at + 1))];
  if (/[^\p{ASCII}]/u.test(local))
    throw invalid(
      "/address",
      "must have only ASCII letters, digits and signs before the @: the service sends mail to no others",
    );
  const canonical = `${local}@${domain ?? ""}`;
  if (domain && LOCAL.test(local) && local.length <= MOST_LOCAL && canonical.length <= MOST_EMAIL)
    return canonical;
  throw invalid("/address", "must be an e-mail address, such as anna@example.com");
}

/** Strips the name, quotes and full stop around an address. */
function addressIn(text: string): string {
  const bare = (NAMED.exec(text)?.[1] ?? text).replace(BEFORE, "").replace(AFTER, "");
  const [, link] = /^mailto:([^?]*)/i.exec(bare) ?? [];
  const address = link === undefined ? bare : decodedIn(link);
  return /^'.*'$/.test(address) ? address.slice(1, -1) : address;
}

/** RFC 6068 §2: links percent-encode some characters, such as `+` as `%2B`. */
function decodedIn(link: string): string {
  try {
    return decodeURIComponent(link);
  } catch {
    return link;
  }
}

/** Undefined if it isn't a domain name, or has a path or port after it. */
function asciiOf(domain: string): string | undefined {
  const labels = (IN_DOMAIN.test(domain) ? domainToASCII(domain) : "").split(".");
  const isName = labels.length > 1 && labels.every((label) => LABEL.test(label));
  return isName && TOP_LABEL.test(labels.at(-1) ?? "") ? labels.join(".") : undefined;
}

/** Spaces, dashes, dots and slashes; also the long vowel mark, beside the dash on Japanese keyboards. */
const GAPS = /[\s\p{Pd}\u2212\u30fc./．／]/gu;
const BRACKETS = /[()[\]]/g;

/**
 * A mobile number in E.164, with exactly the typed digits: dropping an extra one could make it a stranger's
 * number. Only the `(0)` that isn't dialled from abroad is dropped, and only if just one of the two readings
 * is a mobile number. Fails as `invalid-request`.
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
      "must begin with + and the country code: 00 has another meaning in some countries",
    );
  throw invalid("/address", "must be a mobile number with + and its country code, such as +46701234567");
}

/** The library corrects malformed numbers, so its result must equal the input. */
function isMobile(number: string): boolean {
  const read = /^\+\d{6,15}$/.test(number) ? parsePhoneNumberFromString(number) : undefined;
  return read?.number === number && read.isValid() && read.getType() === "MOBILE";
}

/** The country code of a number from `phoneNumber`, such as "46" for Sweden. */
export const callingCodeOf = (number: string): string =>
  parsePhoneNumberFromString(number)?.countryCallingCode ?? "";
