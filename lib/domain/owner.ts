/** The caller: the owner behind a recovery account's token, and the device that sent the request. */
import * as z from "zod";
import { sha256 } from "./hash.ts";

/** A person's only name in storage. 32 bytes as unpadded base64url. */
export const OwnerId = z.string().length(43).brand("OwnerId");
export type OwnerId = z.infer<typeof OwnerId>;

/** RFC 7638 SHA-256 thumbprint of the device's public key. 32 bytes as unpadded base64url. */
export const DeviceId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/, "must be a device id: 43 characters of base64url")
  .brand("DeviceId");
export type DeviceId = z.infer<typeof DeviceId>;

export const Platform = z.enum(["ios", "android"]);
export type Platform = z.infer<typeof Platform>;
export const otherPlatform = (platform: Platform): Platform => (platform === "ios" ? "android" : "ios");

/** Identifies a backup: an owner has at most one on each platform. */
export type BackupKey = { owner: OwnerId; platform: Platform };

/**
 * The uses of an issuer's tokens: as recovery account, as sign-in to a personal account, as a provider's app.
 */
export const ISSUER_ROLES = ["recovery", "account", "provider"] as const;
export type IssuerRole = (typeof ISSUER_ROLES)[number];

/**
 * The content of a verified access token. `authTime`: the person's last sign-in (OpenID Connect Core §2).
 * `userName`: the account's name. `client`, `roles`: the app that the token was issued to and what it may do.
 */
export type SignIn = {
  issuer: string;
  subject: string;
  authTime: Date | undefined;
  /** The name of the claim for `authTime`. */
  authTimeClaim: string;
  keyThumbprint: string | undefined;
  userName: string | undefined;
  client: string | undefined;
  roles: string[];
};

export type Caller = {
  owner: OwnerId;
  device: DeviceId;
  authTime: Date | undefined;
  authTimeClaim: string;
  /** Identifies this request: the hash of its device proof's `jti`. */
  proof: string;
};

export const ownerIdOf = ({ issuer, subject }: Pick<SignIn, "issuer" | "subject">): OwnerId =>
  OwnerId.parse(sha256(`${issuer}\n${subject}`));

/**
 * The request that a device proof must be for, and its key if the access token is bound to one (RFC 9449 §6).
 */
export type ProofTarget = {
  method: string;
  url: string;
  accessToken: string;
  keyThumbprint: string | undefined;
};

/**
 * Verifies tokens and device proofs. Every refusal is a Failure: `not-signed-in`, `proof-invalid`,
 * `clock-skewed`, `identity-unavailable`.
 */
export interface TokenVerifier {
  verifyToken(accessToken: string, role: IssuerRole): Promise<SignIn>;
  /** RFC 9449 §4.3. Verify the token first: only its bearer may learn what is wrong with a proof. */
  verifyProof(proof: string, target: ProofTarget): Promise<{ device: DeviceId; jti: string }>;
}
