/** Checks of a sign-in: recent enough (R10), and to the account that is to be proven (R20). */
import { Failure, TokenRefusal } from "./failure.ts";
import type { SignIn } from "./owner.ts";

/** How far a provider's clock may be ahead of ours. */
const SKEW_MS = 60_000;

type SignInTime = Pick<SignIn, "authTime" | "authTimeClaim">;

/**
 * R10: the sign-in itself must be recent; a refreshed token keeps its old time. Fails as `sign-in-too-old` or
 * `sign-in-time-missing`.
 */
export function requireFresh(told: SignInTime, now: Date, maxAgeSeconds: number): void {
  if (isFresh(requireSignInTime(told, maxAgeSeconds), now, maxAgeSeconds)) return;
  throw new Failure("sign-in-too-old", `The last sign-in is more than ${maxAgeSeconds} s ago.`, {
    maxAgeSeconds,
  });
}

/** R49: an unknown time isn't an old one, and another sign-in may not help. */
export function requireSignInTime({ authTime, authTimeClaim }: SignInTime, maxAgeSeconds: number): Date {
  if (authTime) return authTime;
  throw new Failure(
    "sign-in-time-missing",
    `The access token doesn't say when the owner signed in: its claim ${authTimeClaim} is missing or isn't a valid time.`,
    { maxAgeSeconds },
    { cause: new TokenRefusal("auth_time") },
  );
}

export function isFresh(authTime: Date, now: Date, maxAgeSeconds: number): boolean {
  const age = now.getTime() - authTime.getTime();
  return age <= maxAgeSeconds * 1000 && age >= -SKEW_MS;
}

/** Fails as `account-sign-in-required` if the request brought none; that isn't a failed try yet. */
export function requireAccountSignIn(signIn: SignIn | undefined, maxAgeSeconds: number): SignIn {
  if (signIn) return signIn;
  throw accountSignInRequired(maxAgeSeconds);
}

/** Requires a sign-in to this very account (R20). Fails as `account-not-proven`. */
export function requireSignInTo(
  { issuer, userName }: { issuer: string; userName: string },
  signIn: SignIn,
): void {
  const isSame =
    signIn.issuer === issuer &&
    signIn.userName?.normalize("NFC").toLowerCase() === userName.normalize("NFC").toLowerCase();
  if (isSame) return;
  throw new Failure("account-not-proven", "The sign-in is to another account than the one to prove.");
}

export const accountSignInRequired = (maxAgeSeconds: number, cause?: unknown) =>
  new Failure(
    "account-sign-in-required",
    `This needs a sign-in to the account itself that is at most ${maxAgeSeconds} s old.`,
    { maxAgeSeconds },
    { cause },
  );
