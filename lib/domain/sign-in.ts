/** Whether a sign-in is the one that is asked for: recent enough (R10), and to the account that is to be proven (R20). */
import { Failure, TokenRefusal } from "./failure.ts";
import type { SignIn } from "./owner.ts";

/** How far a provider's clock may run ahead of ours. */
const SKEW_MS = 60_000;

type SignInTime = Pick<SignIn, "authTime" | "authTimeClaim">;

/**
 * R10: the sign-in itself must be recent; a refreshed token keeps the time of the old one. Fails as
 * `sign-in-too-old` or `sign-in-time-missing`.
 */
export function requireFresh(told: SignInTime, now: Date, maxAgeSeconds: number): void {
  if (isFresh(requireSignInTime(told, maxAgeSeconds), now, maxAgeSeconds)) return;
  throw new Failure("sign-in-too-old", `The last sign-in is more than ${maxAgeSeconds} s ago.`, {
    maxAgeSeconds,
  });
}

/** R49: a time that is unknown is not an old one, and signing in again need not help. */
export function requireSignInTime({ authTime, authTimeClaim }: SignInTime, maxAgeSeconds: number): Date {
  if (authTime) return authTime;
  throw new Failure(
    "sign-in-time-missing",
    `The access token doesn't say when the owner signed in: its claim ${authTimeClaim} is missing, or is no time that can be.`,
    { maxAgeSeconds },
    { cause: new TokenRefusal("auth_time") },
  );
}

export function isFresh(authTime: Date, now: Date, maxAgeSeconds: number): boolean {
  const age = now.getTime() - authTime.getTime();
  return age <= maxAgeSeconds * 1000 && age >= -SKEW_MS;
}

/** Fails as `account-sign-in-required` where none was brought: nobody has tried anything yet. */
export function requireAccountSignIn(signIn: SignIn | undefined, maxAgeSeconds: number): SignIn {
  if (signIn) return signIn;
  throw accountSignInRequired(maxAgeSeconds);
}

/** Whether it is to this very account (R20). Fails as `account-not-proven`. */
export function requireSignInTo(
  { issuer, userName }: { issuer: string; userName: string },
  signIn: SignIn,
): void {
  const isSame =
    signIn.issuer === issuer &&
    signIn.userName?.normalize("NFC").toLowerCase() === userName.normalize("NFC").toLowerCase();
  if (isSame) return;
  throw new Failure("account-not-proven", "The sign-in is not to the account that is to be proven.");
}

export const accountSignInRequired = (maxAgeSeconds: number, cause?: unknown) =>
  new Failure(
    "account-sign-in-required",
    `A sign-in to the account itself, not older than ${maxAgeSeconds} s, is needed.`,
    { maxAgeSeconds },
    { cause },
  );
