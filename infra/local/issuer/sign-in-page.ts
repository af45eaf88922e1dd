/** The page on which anyone may sign in as anyone and choose the sign-in time. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Provider } from "oidc-provider";
import * as z from "zod";
import { escapeHtml } from "../escape-html.ts";
import { readBody } from "../loopback-server.ts";

const SignIn = z.object({
  subject: z.string().trim().min(1),
  minutesAgo: z.coerce.number().nonnegative().default(0),
});

export async function showSignIn(provider: Provider, request: IncomingMessage, response: ServerResponse) {
  const { uid, params } = await provider.interactionDetails(request, response);
  const page = signInPage(uid, String(params["client_id"]));
  response.writeHead(200, {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  });
  response.end(page);
}

export async function finishSignIn(provider: Provider, request: IncomingMessage, response: ServerResponse) {
  const form = SignIn.safeParse(Object.fromEntries(new URLSearchParams(await readBody(request))));
  if (!form.success) {
    response.writeHead(400, { "content-type": "text/plain; charset=utf-8" });
    response.end(z.prettifyError(form.error));
    return;
  }
  const { subject, minutesAgo } = form.data;
  const ts = Math.floor(Date.now() / 1000 - minutesAgo * 60);
  // oidc-provider always asks for consent for native apps; signing in here gives it.
  const login = { accountId: subject, ts, remember: false };
  await provider.interactionFinished(request, response, { login, consent: {} });
}

const signInPage = (uid: string, client: string) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sign in</title>
<style>body { font: 1rem system-ui; max-width: 24rem; margin: 4rem auto } label { display: block; margin: 1rem 0 }</style>
<h1>Sign in</h1>
<p>${escapeHtml(client)} asks who you are. This is a development issuer: be anyone.</p>
<form method="post" action="/sign-in/${escapeHtml(uid)}">
<label>Sign in as <input name="subject" value="anna" required autofocus></label>
<label>Signed in <input name="minutesAgo" type="number" min="0" value="0"> minutes ago</label>
<button>Sign in</button>
</form>
`;
