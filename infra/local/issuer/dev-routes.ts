/** The issuer's route for scripts and tests: a token without a sign-in. */
import type { IncomingMessage, ServerResponse } from "node:http";
import * as z from "zod";
import { readBody, sendJson } from "../loopback-server.ts";
import { signDevToken, TokenRequest } from "./dev-token.ts";
import type { SigningKey } from "./signing-keys.ts";

type Signer = { issuer: string; key: SigningKey };

export async function answerDevRoute(request: IncomingMessage, response: ServerResponse, signer: Signer) {
  const { pathname } = new URL(signer.issuer + request.url);
  const route = `${request.method} ${pathname}`;
  if (route === "POST /dev/token") await giveToken(await readBody(request), response, signer);
  else sendJson(response, 404, { error: `The issuer has no route ${route}.` });
}

async function giveToken(body: string, response: ServerResponse, { issuer, key }: Signer) {
  const request = TokenRequest.safeParse(parseJson(body));
  if (!request.success) {
    return sendJson(response, 400, {
      error: "invalid_request",
      error_description: z.prettifyError(request.error),
    });
  }
  const access_token = await signDevToken(issuer, key, request.data);
  return sendJson(response, 200, { access_token, token_type: "Bearer", expires_in: request.data.expiresIn });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return { error: String(error) };
  }
}
