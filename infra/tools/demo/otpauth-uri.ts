/** Accounts as apps export them: one otpauth:// URI per line. */
/** Google's Key Uri Format; Steam as Aegis and others write it. */
import { HOTP, TOTP } from "otpauth";

export type Otp =
  | { type: "totp"; secret: string; algorithm: string; digits: number; period: number }
  | { type: "hotp"; secret: string; algorithm: string; digits: number; counter: number }
  | { type: "steam"; secret: string };
export type Account = { kind: "third-party"; issuer: string; userName: string; otp: Otp };

/** @throws naming the line that is no otpauth URI, never its content */
export const parseUris = (text: string): Account[] =>
  text.split(/\r?\n/).flatMap((line, index) => {
    if (line.trim() === "") return [];
    const uri = URL.parse(line.trim());
    if (uri?.protocol !== "otpauth:") throw new Error(`line ${index + 1} is no otpauth:// URI`);
    return [accountOf(uri)];
  });

function accountOf(uri: URL): Account {
  const label = decodeURIComponent(uri.pathname.slice(1));
  const [prefix, name] = label.includes(":") ? splitAt(label, label.indexOf(":")) : ["", label];
  const issuer = uri.searchParams.get("issuer") ?? prefix;
  return { kind: "third-party", issuer, userName: name.trim(), otp: otpOf(uri.hostname, uri.searchParams) };
}

const splitAt = (text: string, at: number): [string, string] => [text.slice(0, at), text.slice(at + 1)];

function otpOf(type: string, parameters: URLSearchParams): Otp {
  const secret = parameters.get("secret") ?? "";
  if (type === "steam") return { type, secret };
  const number = (name: string, fallback: number) => Number(parameters.get(name) ?? fallback);
  const shared = { secret, algorithm: parameters.get("algorithm") ?? "SHA1", digits: number("digits", 6) };
  return type === "hotp"
    ? { type, ...shared, counter: number("counter", 0) }
    : { type: "totp", ...shared, period: number("period", 30) };
}

/** The code that an app would show at that time. */
export function codeOf(otp: Otp, timestamp: number): string {
  switch (otp.type) {
    case "totp":
      return new TOTP(otp).generate({ timestamp });
    case "hotp":
      return new HOTP(otp).generate();
    case "steam":
      return steamCode(otp.secret, timestamp);
  }
}

const STEAM_LETTERS = "23456789BCDFGHJKMNPQRTVWXY";

/**
 * Steam shows the same truncated hash as five letters of its own alphabet: ten digits hold the whole 31-bit
 * number.
 */
function steamCode(secret: string, timestamp: number): string {
  const code = Number(
    new TOTP({ secret, algorithm: "SHA1", digits: 10, period: 30 }).generate({ timestamp }),
  );
  return Array.from({ length: 5 }, (_, place) => STEAM_LETTERS[Math.floor(code / 26 ** place) % 26]).join("");
}
