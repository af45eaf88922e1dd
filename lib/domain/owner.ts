/** Who is asking: the owner behind a recovery account's token, and the device that sent the request. */
import { createHash } from "node:crypto";
import * as z from "zod";

/** The only name of a person in storage. Unpadded base64url of 32 bytes. */
export const OwnerId = z.string().length(43).brand("OwnerId");
export type OwnerId = z.infer<typeof OwnerId>;

/** RFC 7638 SHA-256 thumbprint of the device's public key. Unpadded base64url of 32 bytes. */
export const DeviceId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/, "must be a device id: 43 characters of base64url")
  .brand("DeviceId");
export type DeviceId = z.infer<typeof DeviceId>;

export const Platform = z.enum(["ios", "android"]);
export type Platform = z.infer<typeof Platform>;
export const otherPlatform = (platform: Platform): Platform => (platform === "ios" ? "android" : "ios");

/** What one backup is called: an owner has at most one on each platform. */
export type BackupKey = { owner: OwnerId; platform: Platform };

/**
 * What an issuer's tokens are good for: as the recovery account, as the sign-in to a personal account, as a
 * provider's app.
 */
export const ISSUER_ROLES = ["recovery", "account", "provider"] as const;
export type IssuerRole = (typeof ISSUER_ROLES)[number];

/**
 * What a verified access token says. `authTime` is when the person last signed in (OpenID Connect Core §2),
 * `userName` what the account is called, `client` and `roles` the app that it was issued to and what that app
 * may do.
 */
export type SignIn = {
  issuer: string;
  subject: string;
  authTime: Date | undefined;
  /** The claim that would tell it. */
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
  /** Names this very request: the hash of its device proof's `jti`. */
  proof: string;
};

export const ownerIdOf = ({ issuer, subject }: Pick<SignIn, "issuer" | "subject">): OwnerId =>
  OwnerId.parse(sha256(`${issuer}\n${subject}`));

/** Unpadded base64url of the SHA-256 digest. */
export const sha256 = (data: string | Uint8Array) => createHash("sha256").update(data).digest("base64url");

/**
 * What a device proof must be made for, and with which key, if the access token is bound to one (RFC 9449
 * §6).
 */
export type ProofTarget = {
  method: string;
  url: string;
  accessToken: string;
  keyThumbprint: string | undefined;
};

/**
 * Verifies what a caller brings. Every refusal is a Failure: `not-signed-in`, `proof-invalid`,
 * `clock-skewed`, `identity-unavailable`.
 */
export interface TokenVerifier {
  verifyToken(accessToken: string, role: IssuerRole): Promise<SignIn>;
  /** RFC 9449 §4.3, for a token that was verified: its bearer may be told what is wrong with a proof. */
  verifyProof(proof: string, target: ProofTarget): Promise<{ device: DeviceId; jti: string }>;
}
