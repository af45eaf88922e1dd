/** Runs the vault's contract tests against an independent emulator. */
/**
 * The emulator (jamesgoulddev/azure-keyvault-emulator) names key versions with dashes, which Key Vault never
 * does, and uses HTTPS under its own certificate. This bridge passes every call on over plain HTTP on
 * loopback; it only removes dashes from ids and puts them back into paths. Run as main, it also issues tokens
 * like a function app's identity endpoint, and runs a command with both: `node test/infra/vault-emulator.ts
 * https://localhost:4997 COMMAND …`
 */
import { spawn } from "node:child_process";
import type { IncomingMessage, ServerResponse } from "node:http";
import { startManagedIdentity } from "../../infra/local/identity.ts";
import { type LoopbackServer, readBody, serveOnLoopback } from "../../infra/local/loopback-server.ts";

const VERSION = /(?<=\/)([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})(?=[/?]|$)/g;
const KEY_ID = /https?:\/\/[^/"]+(\/(?:deleted)?keys\/[^/"]+\/)([0-9a-f-]{36})(?=")/g;
/** Headers of the connection, or wrong once the body is changed. */
const NOT_PASSED_ON = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "host",
  "transfer-encoding",
]);

const withDashes = (url: string) => url.replace(VERSION, "$1-$2-$3-$4-$5");

const withoutDashes = (body: string, origin: string) =>
  body.replaceAll(
    KEY_ID,
    (_, path: string, version: string) => `${origin}${path}${version.replaceAll("-", "")}`,
  );

async function pass(upstream: string, origin: string, request: IncomingMessage, response: ServerResponse) {
  const { method = "GET", url = "/", headers } = request;
  const body = await readBody(request);
  const sent = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined || NOT_PASSED_ON.has(name) ? [] : [[name, String(value)]],
  );
  const answer = await fetch(`${upstream}${withDashes(url)}`, {
    method,
    headers: sent,
    ...(body && { body }),
  });
  const text = withoutDashes(await answer.text(), origin);
  const kept = [...answer.headers].filter(([name]) => !NOT_PASSED_ON.has(name));
  response.writeHead(answer.status, Object.fromEntries(kept)).end(text);
}

/** `upstream`: the emulator's address, without a trailing slash. */
export const bridgeTo = (upstream: string): Promise<LoopbackServer> =>
  serveOnLoopback(0, (origin) => (request, response) => pass(upstream, origin, request, response));

/** Returns the exit code of the command. */
async function runWith(upstream: string, command: string, args: string[]): Promise<number> {
  const [bridge, identity] = await Promise.all([bridgeTo(upstream), startManagedIdentity({ port: 0 })]);
  const env = {
    ...process.env,
    ...identity.settings,
    TEST_VAULT_URL: bridge.url,
    AZURE_TOKEN_CREDENTIALS: "ManagedIdentityCredential",
  };
  const child = spawn(command, args, { env, stdio: "inherit" });
  const code = await new Promise<number>((done) => child.on("close", (status) => done(status ?? 1)));
  await Promise.all([bridge.close(), identity.close()]);
  return code;
}

if (import.meta.main) {
  const [upstream = "", command = "", ...args] = process.argv.slice(2);
  process.exitCode = await runWith(upstream.replace(/\/$/, ""), command, args);
}
