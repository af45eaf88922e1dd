/** A storage call when the line or the storage fails: it retries, and nobody waits beyond its deadline. */
import { createServer, type ServerResponse } from "node:http";
import { afterEach, expect, it } from "vitest";
import { managedIdentity } from "../../lib/azure/credential.ts";
import { restStatus } from "../../lib/azure/rest-status.ts";
import { storageCalls } from "../../lib/azure/storage-calls.ts";

const KEY = Buffer.from("a key of no account").toString("base64");
const connectionString = `DefaultEndpointsProtocol=http;AccountName=test;AccountKey=${KEY};`;
const call = storageCalls({ connectionString }, managedIdentity(undefined));

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Answers each call in one of these ways, in order; the last one repeats. */
async function aStorage(...ways: ((outgoing: ServerResponse) => void)[]) {
  const seen: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const way = ways[Math.min(seen.length, ways.length - 1)];
    seen.push(`${incoming.method} ${incoming.url} ${incoming.headers.authorization?.split(":")[0]}`);
    incoming.resume().on("end", () => way?.(outgoing));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { seen, url: `http://127.0.0.1:${address instanceof Object ? address.port : 0}/blob` };
}

const answering =
  (status: number, content = "") =>
  (outgoing: ServerResponse) =>
    void outgoing.writeHead(status, { "x-ms-error-code": "TestCode" }).end(content);
const cutOff = (outgoing: ServerResponse) => {
  outgoing.writeHead(200, { "content-length": "100" }).write("half of it");
  outgoing.socket?.destroySoon();
};
const silent = () => undefined;

it("R32 a line that is cut and a storage that is busy are tried again, signed anew", async () => {
  const { seen, url } = await aStorage(cutOff, answering(503), answering(200, "all of it"));
  const { content } = await call({ method: "GET", url, deadlineMs: 8000 });
  expect({ content: content.toString(), seen }).toEqual({
    content: "all of it",
    seen: Array(3).fill("GET /blob SharedKey test"),
  });
});

it("R32 a refusal is reported with status and code, and not tried again", async () => {
  const { seen, url } = await aStorage(answering(412, "<Error>secret</Error>"));
  const error = await call({ method: "PUT", url, body: Buffer.from("x"), deadlineMs: 8000 }).catch(
    (reason: unknown) => reason,
  );
  expect({ status: restStatus(error), tries: seen.length }).toEqual({ status: 412, tries: 1 });
  expect(error).toMatchObject({ code: "TestCode" });
  expect(String(error)).not.toContain("secret");
});

it("R32 a storage that is busy three times is reported as such", async () => {
  const { seen, url } = await aStorage(answering(503));
  const error = await call({ method: "GET", url, deadlineMs: 8000 }).catch((reason: unknown) => reason);
  expect({ status: restStatus(error), tries: seen.length }).toEqual({ status: 503, tries: 3 });
});

it("R32 a storage that doesn't answer is given up at the deadline", async () => {
  const { url } = await aStorage(silent);
  const startedAt = performance.now();
  await expect(call({ method: "GET", url, deadlineMs: 300 })).rejects.toThrow();
  const waited = performance.now() - startedAt;
  expect(waited).toBeGreaterThan(250);
  expect(waited).toBeLessThan(2000);
});
