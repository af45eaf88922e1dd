/** The bridge from the vault's contract tests to a foreign emulator changes only the form of key ids. */
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  type LoopbackServer,
  readBody,
  sendJson,
  serveOnLoopback,
} from "../../infra/local/loopback-server.ts";
import { bridgeTo } from "./vault-emulator.ts";

const DASHED = "01234567-89ab-cdef-0123-456789abcdef";
const PLAIN = DASHED.replaceAll("-", "");

let emulator: LoopbackServer;
let bridge: LoopbackServer;
let asked: { path: string | undefined; authorization: string | undefined; body: string };
beforeAll(async () => {
  emulator = await serveOnLoopback(0, (url) => async (request, response) => {
    asked = {
      path: request.url,
      authorization: request.headers.authorization,
      body: await readBody(request),
    };
    const key = { kid: `${url}/keys/test-${DASHED}/${DASHED}`, n: "AQAB" };
    sendJson(response, 401, { key, name: DASHED }, { "www-authenticate": "Bearer resource=x" });
  });
  bridge = await bridgeTo(emulator.url);
});
afterAll(() => Promise.all([bridge.close(), emulator.close()]));

it("R42 passes on method, query, token and body, with the version as the emulator writes it", async () => {
  const body = JSON.stringify({ alg: "RSA-OAEP-256", value: PLAIN });
  const url = `${bridge.url}/keys/test-${DASHED}/${PLAIN}/unwrapkey?api%2Dversion=2025-07-01`;
  await fetch(url, { method: "POST", body, headers: { authorization: "Bearer x" } });
  expect(asked).toEqual({
    path: `/keys/test-${DASHED}/${DASHED}/unwrapkey?api%2Dversion=2025-07-01`,
    authorization: "Bearer x",
    body,
  });
});

it.each([
  `/keys/any/${PLAIN}?api-version=2025-07-01`,
  `/keys/any/${PLAIN}`,
  `/keys/any/${PLAIN}/unwrapkey?value=${PLAIN}`,
])("R42 writes the version in %s with dashes", async (path) => {
  await fetch(`${bridge.url}${path}`);
  expect(asked.path).toBe(path.replaceAll(`/${PLAIN}`, `/${DASHED}`));
});

it("R42 answers with ids as Key Vault writes them, at its own address", async () => {
  const answer = await fetch(`${bridge.url}/keys/any`);
  expect(answer.status).toBe(401);
  expect(answer.headers.get("www-authenticate")).toBe("Bearer resource=x");
  expect(await answer.json()).toEqual({
    key: { kid: `${bridge.url}/keys/test-${DASHED}/${PLAIN}`, n: "AQAB" },
    name: DASHED,
  });
});
