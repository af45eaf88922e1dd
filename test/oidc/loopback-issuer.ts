/** A tiny identity provider on loopback: its discovery document and keys as a test sets them. */
import { createServer } from "node:http";
import * as z from "zod";
import type { TokenIssuer } from "../../lib/oidc/token-claims.ts";

export type LoopbackIssuer = {
  url: string;
  /** How often each was fetched. */
  fetched: { discovery: number; keys: number };
  /** Its answers; a test may change them at any time. */
  answers: { keys: unknown[]; status: number; issuer?: string; keysText?: string; redirect?: string };
  close(): Promise<void>;
};

export async function startLoopbackIssuer(keys: unknown[]): Promise<LoopbackIssuer> {
  const fetched = { discovery: 0, keys: 0 };
  const answers: LoopbackIssuer["answers"] = { keys, status: 200 };
  const server = createServer((request, response) => {
    const forKeys = request.url === "/keys";
    fetched[forKeys ? "keys" : "discovery"] += 1;
    const discovery = { issuer: answers.issuer ?? url, jwks_uri: `${url}/keys` };
    if (answers.redirect) response.writeHead(302, { location: `${answers.redirect}${request.url}` });
    else response.writeHead(answers.status, { "content-type": "application/json" });
    response.end(
      forKeys ? (answers.keysText ?? JSON.stringify({ keys: answers.keys })) : JSON.stringify(discovery),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = z.object({ port: z.int() }).parse(server.address());
  const url = `http://127.0.0.1:${port}`;
  const close = async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => void server.close(() => resolve()));
  };
  return { url, fetched, answers, close };
}

/** In the form of the settings, with their defaults. */
export const aTokenIssuer = (change: Partial<TokenIssuer> = {}): TokenIssuer => ({
  issuer: "https://login.example",
  audience: ["api://authenticator-backup"],
  role: "recovery",
  tokens: "access",
  subjectClaim: "sub",
  authTimeClaim: "auth_time",
  accountClaim: "preferred_username",
  ...change,
});
