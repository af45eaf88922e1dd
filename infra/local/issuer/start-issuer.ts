/** An OpenID issuer for development: oidc-provider on loopback, and a route that gives scripts a token. */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Provider } from "oidc-provider";
import { type Handler, type LoopbackServer, serveOnLoopback } from "../loopback-server.ts";
import { answerDevRoute } from "./dev-token.ts";
import { createProvider } from "./provider.ts";
import { finishSignIn, showSignIn } from "./sign-in-page.ts";
import { openSigningKeys, type SigningKeys } from "./signing-keys.ts";

type IssuerOptions = {
  port: number;
  /** Where signing keys are stored between starts; without it, in memory. */
  dataFile?: string;
};

export async function startIssuer({ port, dataFile }: IssuerOptions): Promise<LoopbackServer> {
  const keys = await openSigningKeys(dataFile);
  return serveOnLoopback(port, (issuer) => toHandler(issuer, keys));
}

function toHandler(issuer: string, keys: SigningKeys): Handler {
  const provider = createProvider({ issuer, keys, cookieKey: randomUUID() });
  return async (request, response) => {
    const { pathname } = new URL(issuer + request.url);
    if (pathname.startsWith("/dev/")) await answerDevRoute(request, response, { issuer, key: keys[0] });
    else if (pathname.startsWith("/sign-in/")) await signIn(provider, request, response);
    else await provider.callback()(request, response);
  };
}

const signIn = (provider: Provider, request: IncomingMessage, response: ServerResponse) =>
  (request.method === "POST" ? finishSignIn : showSignIn)(provider, request, response);
