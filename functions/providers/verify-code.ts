/** POST v1/codes/verify: tells a provider whether a code is right and whose device made it (R14, R33). */
import * as z from "zod";
import { DeviceBoundAccount } from "../../lib/domain/account.ts";
import { verifyCode as verify } from "../../lib/domain/credentials/verification.ts";
import { Code } from "../../lib/http/code.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { equalTime } from "../../lib/http/pipeline/equal-time.ts";
import { Verdict, verdict } from "../../lib/http/replies/verdict.ts";

/** Accepts each code once. */
export const verifyCode = endpoint({
  name: "verify-code",
  summary: "Check a one-time code",
  method: "POST",
  route: "v1/codes/verify",
  access: "provider:Codes.Verify",
  request: { body: z.strictObject({ account: DeviceBoundAccount, code: Code }) },
  replies: { 200: Verdict },
  async handle({ provider, body, now }, services) {
    return { status: 200, body: verdict(await equalTime(verify(services, provider, body, now))) };
  },
});
