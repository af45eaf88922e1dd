/** The issuer's routes for scripts and tests: a token without a sign-in, new signing keys, counters. */
import type { IncomingMessage, ServerResponse } from "node:http";
import * as z from "zod";
import { readBody, sendJson } from "../loopback-server.ts";
import { signDevToken, TokenRequest } from "./dev-token.ts";
import type { SigningKeys } from "./signing-keys.ts";

type DevState = {
  issuer: string;
  keys: SigningKeys;
  counters: { jwks: number; discovery: number; tokens: number };
  rotate(): Promise<void>;
};

export async function answerDevRoute(request: IncomingMessage, response: ServerResponse, state: DevState) {
  const { pathname } = new URL(state.issuer + request.url);
  switch (`${request.method} ${pathname}`) {
    case "POST /dev/token":
      return giveToken(await readBody(request), response, state);
    case "POST /dev/rotate-keys":
      await state.rotate();
      return sendJson(response, 200, { kid: state.keys.current().kid });
    case "GET /dev/counters":
      return sendJson(response, 200, state.counters);
    case "DELETE /dev/counters":
      Object.assign(state.counters, { jwks: 0, discovery: 0, tokens: 0 });
      return sendJson(response, 204);
    default:
      return sendJson(response, 404, { error: `The issuer has no route ${request.method} ${pathname}.` });
  }
}

async function giveToken(body: string, response: ServerResponse, { issuer, keys, counters }: DevState) {
  const request = TokenRequest.safeParse(parseJson(body));
  if (!request.success) {
    return sendJson(response, 400, {
      error: "invalid_request",
      error_description: z.prettifyError(request.error),
    });
  }
  counters.tokens += 1;
  const access_token = await signDevToken(issuer, keys.current(), request.data);
  return sendJson(response, 200, { access_token, token_type: "Bearer", expires_in: request.data.expiresIn });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return { error: String(error) };
  }
}
