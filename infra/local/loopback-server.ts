/** What the stand-ins' HTTP servers share: listening on loopback, reading a body, answering JSON. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
export type LoopbackServer = { url: string; close(): Promise<void> };

/** Listens on 127.0.0.1 (port 0 takes any free port). `toHandler` gets the server's own base URL. */
export async function serveOnLoopback(
  port: number,
  toHandler: (url: string) => Handler,
): Promise<LoopbackServer> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  const url = `http://127.0.0.1:${portOf(server.address())}`;
  const handler = toHandler(url);
  server.on("request", (request, response) => {
    handler(request, response).catch((error: unknown) => fail(response, error));
  });
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return { url, close };
}

class BodyTooLarge extends Error {}

export async function readBody(request: IncomingMessage, maxBytes = 65_536): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > maxBytes) throw new BodyTooLarge(`The body is longer than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body?: unknown,
  headers: Record<string, string> = {},
): void {
  const text = body === undefined ? "" : JSON.stringify(body);
  response.writeHead(status, {
    ...(text && { "content-type": "application/json; charset=utf-8" }),
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    ...headers,
  });
  response.end(text);
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const known = error instanceof BodyTooLarge;
  if (!known) console.error("A stand-in failed:", error);
  sendJson(response, known ? 413 : 500, {
    error: known ? error.message : "The stand-in failed; see its log.",
  });
}

const portOf = (address: AddressInfo | string | null): number => {
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return address.port;
};
