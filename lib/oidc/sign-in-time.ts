/** Reads when the person signed in, in every form that providers are known to write. Pure. */
import * as z from "zod";

/**
 * OpenID Connect uses seconds. Others use milliseconds, digits as text, or ISO 8601 (AD FS, Auth0's Actions),
 * also without a zone.
 */
const Seconds = z.number();
const Digits = z
  .string()
  .regex(/^\d{1,16}(?:\.\d{1,9})?$/)
  .transform(Number);
const Iso = z.iso.datetime({ offset: true, local: true });

/** As seconds, this would be the year 5138. */
const FIRST_MILLISECONDS = 1e11;
/** Earlier values predate OpenID Connect: a zero, a duration, the first day of some calendar. */
const EARLIEST = Date.UTC(2000);
/** How far a provider's clock may run ahead of ours. */
const AHEAD_MS = 60_000;

/** Undefined if the value can't be a sign-in time, for example one in the future. */
export function signInTime(value: unknown, now: Date): Date | undefined {
  const milliseconds = fromNumber(Seconds.or(Digits).safeParse(value).data) ?? fromIso(value);
  const isPossible = milliseconds >= EARLIEST && milliseconds <= now.getTime() + AHEAD_MS;
  return isPossible ? new Date(milliseconds) : undefined;
}

const fromNumber = (number: number | undefined) =>
  number === undefined || number >= FIRST_MILLISECONDS ? number : number * 1000;

function fromIso(value: unknown): number {
  const text = Iso.safeParse(value).data;
  if (text === undefined) return Number.NaN;
  return Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
}
