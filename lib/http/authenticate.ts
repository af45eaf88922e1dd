/** Who is asking: the token names the owner, the proof names the device, and both hold for this very request. */
import type { HttpRequest } from "@azure/functions";
import { Failure } from "../domain/failure.ts";
import { type Caller, type OwnerId, ownerIdOf, type SignIn, sha256 } from "../domain/owner.ts";
import { requireAppVersion } from "./app-version.ts";
import type { Access } from "./endpoint.ts";
import type { Services } from "./services.ts";

/** How far a provider's clock may run ahead of ours. */
const SKEW_MS = 60_000;
const CREDENTIALS = /^(?:Bearer|DPoP) +([A-Za-z0-9._~+/-]+=*)$/i;

export type SignedIn = SignIn & { accessToken: string; owner: OwnerId };

/** The token names the owner. Fails as `not-signed-in` or `identity-unavailable`. */
export async function signIn(request: HttpRequest, { identity }: Services): Promise<SignedIn> {
  const accessToken = readToken(request);
  const verified = await identity.verifyToken(accessToken);
  return { ...verified, accessToken, owner: ownerIdOf(verified) };
}

/** The proof names the device, for this very request. Fails as `app-too-old`, `proof-invalid` or `sign-in-too-old`. */
export async function authenticate(
  access: Exclude<Access, "anonymous">,
  request: HttpRequest,
  { accessToken, owner, authTime, keyThumbprint }: SignedIn,
  target: { method: string; url: string },
  { identity, policy }: Services,
  now: Date,
): Promise<Caller> {
  requireAppVersion(request, policy.minimumAppVersion);
  const proof = await identity.verifyProof(request.headers.get("dpop") ?? "", { ...target, accessToken });
  if (keyThumbprint !== undefined && keyThumbprint !== proof.device) {
    throw new Failure("proof-invalid", "The access token is bound to another key.");
  }
  if (access === "owner-fresh") requireFresh(authTime, now, policy.signInMaxAgeSeconds);
  return {
    owner,
    device: proof.device,
    authTime: notAfter(authTime, now),
    proof: sha256(`${proof.device}\n${proof.jti}`),
  };
}

function readToken({ headers }: HttpRequest): string {
  const [, token] = CREDENTIALS.exec(headers.get("authorization") ?? "") ?? [];
  if (token) return token;
  throw new Failure("not-signed-in", "The access token is missing or not valid.");
}

/** R10: the sign-in itself must be recent; a refreshed token keeps the time of the old one. */
function requireFresh(authTime: Date | undefined, now: Date, maxAgeSeconds: number): void {
  const age = authTime ? now.getTime() - authTime.getTime() : Number.POSITIVE_INFINITY;
  if (age <= maxAgeSeconds * 1000 && age >= -SKEW_MS) return;
  throw new Failure("sign-in-too-old", `The last sign-in is more than ${maxAgeSeconds} s ago.`, {
    maxAgeSeconds,
  });
}

/** The provider's clock may run ahead of ours. */
const notAfter = (time: Date | undefined, now: Date) => (time && time > now ? now : time);
