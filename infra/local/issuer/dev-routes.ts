/** The issuer's route for scripts and tests: a token without a sign-in. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { parseBody, Refusal, readBody, sendJson } from "../loopback-server.ts";
import { signDevToken, TokenRequest } from "./dev-token.ts";
import type { SigningKey } from "./signing-keys.ts";

type Signer = { issuer: string; key: SigningKey };

export async function answerDevRoute(request: IncomingMessage, response: ServerResponse, signer: Signer) {
  const { issuer, key } = signer;
  const route = `${request.method} ${new URL(issuer + request.url).pathname}`;
  if (route !== "POST /dev/token") throw new Refusal(404, "not_found", `The issuer has no route ${route}.`);
  const wanted = parseBody(TokenRequest, await readBody(request), badRequest);
  const access_token = await signDevToken(issuer, key, wanted);
  sendJson(response, 200, { access_token, token_type: "Bearer", expires_in: wanted.expiresIn });
}

const badRequest = (reason: string, cause: unknown) => new Refusal(400, "invalid_request", reason, { cause });
