/** POST v1/credentials/end: a provider ends credentials; the answer never says what there was (R33, R47). */
import * as z from "zod";
import { DeviceBoundAccount } from "../../lib/domain/account.ts";
import { endForProvider } from "../../lib/domain/credentials/ending.ts";
import { DeviceId } from "../../lib/domain/owner.ts";
import { endpoint, Nothing } from "../../lib/http/pipeline/endpoint.ts";
import { equalTime } from "../../lib/http/pipeline/equal-time.ts";

/** `device`: the id from a verdict on a code or signature; without it, all devices. */
const Request = z.strictObject({ account: DeviceBoundAccount, device: DeviceId.optional() });

/** Longer than telling the holder and ending the credentials takes. */
const ENDING_TAKES_MS = 400;

export const endCredentials = endpoint({
  name: "end-credentials",
  summary: "End the credentials of an account",
  method: "POST",
  route: "v1/credentials/end",
  access: "provider:Credentials.End",
  request: { body: Request },
  replies: { 204: Nothing },
  problems: ["busy"],
  async handle({ provider, body, now }, services) {
    await equalTime(endForProvider(services, provider, body, now), ENDING_TAKES_MS);
    return { status: 204, body: undefined };
  },
});
