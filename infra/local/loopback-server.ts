/** What the stand-ins' HTTP servers share: listening on loopback, reading bodies, answering, refusing. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as z from "zod";

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

type More = { inner?: string; cause?: unknown; headers?: Record<string, string> };

/** Thrown, it is the answer, in the shape that Azure's services share. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: object;
  readonly headers: Record<string, string>;

  constructor(status: number, code: string, message: string, { inner, cause, headers = {} }: More = {}) {
    super(message, { cause });
    this.name = "Refusal";
    this.status = status;
    this.body = { error: { code, message, ...(inner && { innererror: { code: inner } }) } };
    this.headers = headers;
  }
}

export async function readBody(request: IncomingMessage, maxBytes = 65_536): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > maxBytes)
      throw new Refusal(413, "RequestBodyTooLarge", `The body is longer than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** Reads JSON by its schema; an empty body is an empty object. @throws what `refuse` makes of the reason */
export function parseBody<S extends z.ZodType>(
  schema: S,
  body: string,
  refuse: (reason: string, cause: unknown) => Refusal,
): z.infer<S> {
  const result = schema.safeParse(parseJson(body || "{}", refuse));
  if (result.success) return result.data;
  const missing = result.error.issues.find(({ message }) => message.endsWith("received undefined"));
  const required = missing && `Property '${missing.path.join(".")}' is required.`;
  throw refuse(required ?? z.prettifyError(result.error), result.error);
}

function parseJson(text: string, refuse: (reason: string, cause: unknown) => Refusal): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw refuse("The request body is not valid JSON.", cause);
  }
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
  if (response.headersSent) response.destroy();
  else if (error instanceof Refusal) sendJson(response, error.status, error.body, error.headers);
  else {
    console.error("A stand-in failed:", error);
    sendJson(response, 500, { error: "The stand-in failed; see its log." });
  }
}

const portOf = (address: AddressInfo | string | null): number => {
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return address.port;
};
