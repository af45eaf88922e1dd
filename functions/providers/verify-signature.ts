/** POST v1/signatures/verify: tells a provider which device signed its challenge (R14, R33). */
import * as z from "zod";
import { DeviceBoundAccount } from "../../lib/domain/account.ts";
import { verifySignature as verify } from "../../lib/domain/credentials/verification.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { equalTime } from "../../lib/http/pipeline/equal-time.ts";
import { Verdict, verdict } from "../../lib/http/replies/verdict.ts";

/**
 * `challenge`: base64url, at least 128 bits, never used twice by the provider. `signature`: ES256 over those
 * bytes.
 */
const Request = z.strictObject({
  account: DeviceBoundAccount,
  challenge: z.base64url().min(22).max(1400),
  signature: z.base64url().length(86),
});

export const verifySignature = endpoint({
  name: "verify-signature",
  summary: "Check a signature of a push credential",
  method: "POST",
  route: "v1/signatures/verify",
  access: "provider:Codes.Verify",
  request: { body: Request },
  replies: { 200: Verdict },
  async handle({ provider, body: { account, challenge, signature } }, services) {
    const asked = {
      account,
      challenge: Buffer.from(challenge, "base64url"),
      signature: Buffer.from(signature, "base64url"),
    };
    return { status: 200, body: verdict(await equalTime(verify(services, provider, asked))) };
  },
});
