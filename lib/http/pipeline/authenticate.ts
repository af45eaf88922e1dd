/** Identifies the caller: the token names the owner, the proof names the device, for this request only. */
import type { HttpRequest } from "@azure/functions";
import { Failure, TokenRefusal } from "../../domain/failure.ts";
import { sha256 } from "../../domain/hash.ts";
import { type Caller, type DeviceId, type OwnerId, ownerIdOf, type SignIn } from "../../domain/owner.ts";
import { accountSignInRequired, isFresh, requireFresh, requireSignInTime } from "../../domain/sign-in.ts";
import type { Provider } from "../../domain/step-up/provider.ts";
import type { Services } from "../services.ts";
import type { OwnerAccess, ProviderAccess } from "./endpoint.ts";

const CREDENTIALS = /^(?:Bearer|DPoP) +([A-Za-z0-9._~+/-]+=*)$/i;

/** The token in an Authorization or Account-Authorization header. */
function tokenIn(value: string | null): string | undefined {
  return CREDENTIALS.exec(value ?? "")?.[1];
}

export type SignedIn = SignIn & { accessToken: string; owner: OwnerId };

/** The token names the owner. Fails as `not-signed-in` or `identity-unavailable`. */
export async function signIn(request: HttpRequest, { tokenVerifier }: Services): Promise<SignedIn> {
  const accessToken = readToken(request);
  const verified = await tokenVerifier.verifyToken(accessToken, "recovery");
  return { ...verified, accessToken, owner: ownerIdOf(verified) };
}

/** The proof names the device. Fails as `proof-invalid`, `clock-skewed`, or as `requireFresh` does. */
export async function authenticate(
  access: OwnerAccess,
  request: HttpRequest,
  { accessToken, owner, keyThumbprint, ...signedIn }: SignedIn,
  target: { method: string; url: string },
  { tokenVerifier, policy }: Services,
  now: Date,
): Promise<Caller> {
  const dpop = request.headers.get("dpop") ?? "";
  const proof = await tokenVerifier.verifyProof(dpop, { ...target, accessToken, keyThumbprint });
  if (access === "owner-fresh") requireFresh(signedIn, now, policy.signInMaxAgeSeconds);
  return {
    owner,
    device: proof.device,
    authTime: notAfter(signedIn.authTime, now),
    authTimeClaim: signedIn.authTimeClaim,
    proof: sha256(`${proof.device}\n${proof.jti}`),
  };
}

/** Finds the provider whose app calls. Fails as `not-signed-in`, `role-missing` or `identity-unavailable`. */
export async function authenticateProvider(
  access: ProviderAccess,
  request: HttpRequest,
  { tokenVerifier, policy }: Services,
): Promise<Provider> {
  const { issuer, client, roles, keyThumbprint } = await tokenVerifier.verifyToken(
    readToken(request),
    "provider",
  );
  const provider = policy.providers.find(
    (each) => each.clientId === client && (each.issuer === undefined || each.issuer === issuer),
  );
  const refuse = (check: string) =>
    new Failure("role-missing", "The token's app may not do this.", {}, { cause: new TokenRefusal(check) });
  if (!provider) throw refuse("client");
  if (keyThumbprint !== undefined) throw refuse("cnf");
  if (!roles.some((role) => access === `provider:${role}`)) throw refuse("roles");
  return provider;
}

/**
 * The sign-in to the account to be proven, if the request has one. Fails as `account-sign-in-required` if it
 * is invalid for any reason or too old, and as `sign-in-time-missing` if its token doesn't say how old it is.
 */
export async function readAccountSignIn(
  { headers }: HttpRequest,
  device: DeviceId,
  { tokenVerifier, policy }: Services,
  now: Date,
): Promise<SignIn | undefined> {
  const header = headers.get("account-authorization");
  if (header === null) return undefined;
  const maxAgeSeconds = policy.accountSignInMaxAgeSeconds;
  const verified = await tokenVerifier
    .verifyToken(tokenIn(header) ?? "", "account")
    .catch((error: unknown) => {
      if (error instanceof Failure && error.kind === "not-signed-in")
        throw accountSignInRequired(maxAgeSeconds, error.cause);
      throw error;
    });
  const isOurs = verified.keyThumbprint === undefined || verified.keyThumbprint === device;
  if (!isOurs) throw accountSignInRequired(maxAgeSeconds, new TokenRefusal("cnf"));
  const authTime = requireSignInTime(verified, maxAgeSeconds);
  if (isFresh(authTime, now, maxAgeSeconds)) return verified;
  throw accountSignInRequired(maxAgeSeconds);
}

function readToken({ headers }: HttpRequest): string {
  const token = tokenIn(headers.get("authorization"));
  if (token) return token;
  throw new Failure("not-signed-in", "The access token is missing or not valid.");
}

/** The identity provider's clock may run ahead of ours. */
const notAfter = (time: Date | undefined, now: Date) => (time && time > now ? now : time);
