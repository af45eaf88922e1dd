/** Who is asking: the token names the owner, the proof names the device, and both hold for this very request. */
import type { HttpRequest } from "@azure/functions";
import { Failure } from "../domain/failure.ts";
import { type Caller, type DeviceId, type OwnerId, ownerIdOf, type SignIn, sha256 } from "../domain/owner.ts";
import type { Provider } from "../domain/provider.ts";
import type { OwnerAccess, ProviderAccess } from "./endpoint.ts";
import type { Services } from "./services.ts";

/** How far a provider's clock may run ahead of ours. */
const SKEW_MS = 60_000;
const CREDENTIALS = /^(?:Bearer|DPoP) +([A-Za-z0-9._~+/-]+=*)$/i;

/** Scheme and token of an Authorization header, or of one like it. */
function tokenIn(value: string | null): string | undefined {
  return CREDENTIALS.exec(value ?? "")?.[1];
}

export type SignedIn = SignIn & { accessToken: string; owner: OwnerId };

/** The token names the owner. Fails as `not-signed-in` or `identity-unavailable`. */
export async function signIn(request: HttpRequest, { identity }: Services): Promise<SignedIn> {
  const accessToken = readToken(request);
  const verified = await identity.verifyToken(accessToken, "recovery");
  return { ...verified, accessToken, owner: ownerIdOf(verified) };
}

/** The proof names the device, for this very request. Fails as `proof-invalid`, `clock-skewed` or `sign-in-too-old`. */
export async function authenticate(
  access: OwnerAccess,
  request: HttpRequest,
  { accessToken, owner, authTime, keyThumbprint }: SignedIn,
  target: { method: string; url: string },
  { identity, policy }: Services,
  now: Date,
): Promise<Caller> {
  const dpop = request.headers.get("dpop") ?? "";
  const proof = await identity.verifyProof(dpop, { ...target, accessToken, keyThumbprint });
  if (access === "owner-fresh") requireFresh(authTime, now, policy.signInMaxAgeSeconds);
  return {
    owner,
    device: proof.device,
    authTime: notAfter(authTime, now),
    proof: sha256(`${proof.device}\n${proof.jti}`),
  };
}

/** The app of a provider. Fails as `not-signed-in`, `role-missing` or `identity-unavailable`. */
export async function authenticateProvider(
  access: ProviderAccess,
  request: HttpRequest,
  { identity, policy }: Services,
): Promise<Provider> {
  const { issuer, client, roles, keyThumbprint } = await identity.verifyToken(readToken(request), "provider");
  const provider = policy.providers.find(
    (each) => each.clientId === client && (each.issuer === undefined || each.issuer === issuer),
  );
  const mayCall = roles.some((role) => access === `provider:${role}`) && keyThumbprint === undefined;
  if (provider && mayCall) return provider;
  throw new Failure("role-missing", "The token's app may not do this.");
}

/**
 * The sign-in to the account that is to be proven, if the request brings one. Fails as `account-sign-in-required` if it is not
 * valid, whatever is wrong with it, or too old.
 */
export async function readAccountSignIn(
  { headers }: HttpRequest,
  device: DeviceId,
  { identity, policy }: Services,
  now: Date,
): Promise<SignIn | undefined> {
  const header = headers.get("account-authorization");
  if (header === null) return undefined;
  const maxAgeSeconds = policy.accountSignInMaxAgeSeconds;
  const verified = await identity.verifyToken(tokenIn(header) ?? "", "account").catch((error: unknown) => {
    if (error instanceof Failure && error.kind === "not-signed-in")
      throw accountSignInRequired(maxAgeSeconds);
    throw error;
  });
  const isOurs = verified.keyThumbprint === undefined || verified.keyThumbprint === device;
  if (isOurs && isFresh(verified.authTime, now, maxAgeSeconds)) return verified;
  throw accountSignInRequired(maxAgeSeconds);
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

const accountSignInRequired = (maxAgeSeconds: number) =>
  new Failure(
    "account-sign-in-required",
    `A sign-in to the account itself, not older than ${maxAgeSeconds} s, is needed.`,
    {
      maxAgeSeconds,
    },
  );

function readToken({ headers }: HttpRequest): string {
  const token = tokenIn(headers.get("authorization"));
  if (token) return token;
  throw new Failure("not-signed-in", "The access token is missing or not valid.");
}

/** R10: the sign-in itself must be recent; a refreshed token keeps the time of the old one. */
export function requireFresh(authTime: Date | undefined, now: Date, maxAgeSeconds: number): void {
  if (isFresh(authTime, now, maxAgeSeconds)) return;
  throw new Failure("sign-in-too-old", `The last sign-in is more than ${maxAgeSeconds} s ago.`, {
    maxAgeSeconds,
  });
}

function isFresh(authTime: Date | undefined, now: Date, maxAgeSeconds: number): boolean {
  const age = authTime ? now.getTime() - authTime.getTime() : Number.POSITIVE_INFINITY;
  return age <= maxAgeSeconds * 1000 && age >= -SKEW_MS;
}

/** The provider's clock may run ahead of ours. */
const notAfter = (time: Date | undefined, now: Date) => (time && time > now ? now : time);
