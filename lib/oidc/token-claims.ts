/** What a correctly signed token proves under one issuer's settings (RFC 7519, RFC 9068, OIDC Core). Pure. */
import * as z from "zod";
import { TokenRefusal } from "../domain/failure.ts";
import type { IssuerRole, SignIn } from "../domain/owner.ts";
import { signInTime } from "./sign-in-time.ts";

/**
 * `audience`: any of them. `accountClaim`, `authTimeClaim`, `subjectClaim`: the claims with the account, the
 * sign-in time and the owner. `audienceClaim`: the claim with the audience in tokens without `aud`.
 * `clients`: the accepted apps for tokens with several audiences. `tokens`: whether ID tokens are accepted.
 */
export type TokenIssuer = {
  issuer: string;
  audience: string[];
  role: IssuerRole;
  accountClaim: string;
  authTimeClaim: string;
  subjectClaim: string;
  audienceClaim?: string | undefined;
  clients?: string[] | undefined;
  tokens: "access" | "id";
};

export type Payload = Record<string, unknown>;

const SKEW_SECONDS = 30;

/** RFC 9068 §2.1; many providers write JWT or nothing. Other types are no access tokens (RFC 8725 §3.11). */
const TYPES = ["at+jwt", "jwt", undefined];

const Text = z.string().min(1).max(255);
const Texts = z.array(z.string());
const Bound = z.strictObject({ jkt: z.string() });

/** Ignores all other claims. Fails as TokenRefusal with the name of the check. */
export function readClaims(payload: Payload, issuer: TokenIssuer, now: Date): SignIn & { expiresAt: Date } {
  const seconds = now.getTime() / 1000;
  const expiresAt = read(z.number(), payload, "exp");
  ensure(expiresAt > seconds - SKEW_SECONDS, "exp");
  ensure((read(z.number().optional(), payload, "nbf") ?? 0) <= seconds + SKEW_SECONDS, "nbf");
  requireAudience(payload, issuer);
  requireKind(payload, issuer);
  const userName = claimOf(payload, issuer.accountClaim);
  return {
    issuer: issuer.issuer,
    subject: subjectOf(payload, issuer),
    authTime: signInTime(claimOf(payload, issuer.authTimeClaim), now),
    authTimeClaim: issuer.authTimeClaim,
    // Refuse a token bound in a way that we can't check: it must not pass as unbound.
    keyThumbprint: read(Bound.optional(), payload, "cnf")?.jkt,
    userName: typeof userName === "string" ? userName : undefined,
    ...appOf(payload, issuer),
    expiresAt: new Date(expiresAt * 1000),
  };
}

/** Checks the header's `typ`, with or without `application/` before it (RFC 7515 §4.1.9). */
export function requireType(typ: unknown): void {
  const type = typeof typ === "string" ? typ.toLowerCase().replace(/^application\//, "") : typ;
  ensure(
    TYPES.some((each) => each === type),
    "typ",
  );
}

/** Uses `aud`; another claim only if there is no `aud`. */
function requireAudience(payload: Payload, { audience, audienceClaim, clients, tokens }: TokenIssuer): void {
  const hasAud = claimOf(payload, "aud") !== undefined;
  const named = hasAud || audienceClaim === undefined ? "aud" : audienceClaim;
  const value = read(z.string().or(Texts), payload, named, "aud");
  const isList = Array.isArray(value);
  ensure(
    (isList ? value : [value]).some((each) => audience.includes(each)),
    "aud",
  );
  // An ID token's audiences are the apps themselves (OpenID Connect Core §3.1.3.7).
  const known = clients ?? (tokens === "id" ? audience : undefined);
  const askedFor = claimOf(payload, "azp") ?? clientOf(payload);
  if (isList && known)
    ensure(
      known.some((each) => each === askedFor),
      "azp",
    );
}

/** A `nonce` alone proves no ID token: some providers put it into access tokens. */
function requireKind(payload: Payload, { tokens }: TokenIssuer): void {
  ensure(claimOf(payload, "events") === undefined, "logout-token");
  const isIdToken =
    ["at_hash", "c_hash"].some((name) => claimOf(payload, name) !== undefined) ||
    claimOf(payload, "token_use") === "id" ||
    claimOf(payload, "typ") === "ID";
  ensure(tokens === "id" || !isIdToken, "id-token");
}

/** Entra's `oid` identifies a person only within a tenant, so add the tenant. */
function subjectOf(payload: Payload, { subjectClaim }: TokenIssuer): string {
  const subject = read(Text, payload, subjectClaim, "sub");
  return subjectClaim === "oid" ? `${read(Text, payload, "tid")}\n${subject}` : subject;
}

/** The app matters only for the role `provider`. A person's token has scopes, never an app's roles. */
function appOf(payload: Payload, { role }: TokenIssuer): Pick<SignIn, "client" | "roles"> {
  if (role !== "provider") return { client: clientOf(payload), roles: [] };
  for (const name of CLIENT_CLAIMS) read(z.string().optional(), payload, name, "client");
  const isPerson = ["scp", "scope"].some((name) => claimOf(payload, name) !== undefined);
  const roles = read(Texts.optional(), payload, "roles") ?? [];
  return { client: clientOf(payload), roles: isPerson ? [] : roles };
}

/** The app's claim: RFC 9068 §2.2, Entra's tokens of version 2 and 1, Okta's. */
const CLIENT_CLAIMS = ["client_id", "azp", "appid", "cid"];

const clientOf = (payload: Payload) =>
  CLIENT_CLAIMS.map((name) => claimOf(payload, name)).find((value) => typeof value === "string");

const claimOf = (payload: Payload, name: string): unknown =>
  Object.hasOwn(payload, name) ? payload[name] : undefined;

function read<T>(schema: z.ZodType<T>, payload: Payload, name: string, check = name): T {
  const parsed = schema.safeParse(claimOf(payload, name));
  if (parsed.success) return parsed.data;
  throw new TokenRefusal(check);
}

function ensure(holds: boolean, check: string): void {
  if (!holds) throw new TokenRefusal(check);
}
