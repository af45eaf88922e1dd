/** Writes a Set-Cookie header as ASP.NET does. */
import type { HttpCookie } from "./core-types.ts";

export function formatCookie(cookie: HttpCookie): string {
  const { expires, maxAge, domain, path, sameSite } = cookie;
  const attributes = [
    `${cookie.name}=${escapeValue(cookie.value)}`,
    expires && `expires=${new Date(expires.value.seconds * 1000).toUTCString()}`,
    maxAge && `max-age=${Math.trunc(maxAge.value)}`,
    domain && `domain=${domain.value}`,
    `path=${path?.value ?? "/"}`,
    cookie.secure?.value && "secure",
    sameSite && sameSite !== "none" && `samesite=${sameSite === "explicitNone" ? "none" : sameSite}`,
    cookie.httpOnly?.value && "httponly",
  ];
  return attributes.filter(Boolean).join("; ");
}

function escapeValue(value: string): string {
  return encodeURIComponent(value).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
