/** The HTTP server with Kestrel's limits; tracks open requests so that a crash can answer them. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { refusal } from "./request-limits.ts";
import { parseTarget, type Target } from "./request-target.ts";
import { writeEmpty } from "./response-writer.ts";

/** Above Kestrel's 32 KB, so that our own limit decides, and can tell a long URL from long headers. */
const PARSER_LIMITS = {
  requireHostHeader: false,
  maxHeaderSize: 65_536,
  keepAliveTimeout: 130_000,
  headersTimeout: 30_000,
  requestTimeout: 0,
};

export type Serve = (request: IncomingMessage, response: ServerResponse, target: Target) => Promise<void>;

export class HostServer {
  readonly #server: Server;
  readonly #open = new Set<ServerResponse>();
  #closing = false;

  constructor(serve: Serve, customHeaders: [string, string][]) {
    this.#server = createServer(PARSER_LIMITS, (request, response) => {
      this.#open.add(response);
      if (this.#closing) response.shouldKeepAlive = false;
      response.on("close", () => this.#open.delete(response));
      const target = parseTarget(request.url ?? "");
      const status = refusal(request) ?? (target ? undefined : 400);
      if (target && status === undefined) void serve(request, response, target);
      else writeEmpty(response, status ?? 400, [["Connection", "close"]]);
    });
    this.#server.on("clientError", (error, socket) => refuseUnparsed(error, socket, customHeaders));
  }

  /** @returns the port */
  async listen(port: number): Promise<number> {
    this.#server.listen(port, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    return typeof address === "object" && address ? address.port : port;
  }

  /** Accepts no more requests; ends when the open ones have been answered. */
  async close(): Promise<void> {
    this.#closing = true;
    for (const response of this.#open) response.shouldKeepAlive = false;
    const closed = once(this.#server, "close");
    this.#server.close();
    await closed;
  }

  /** Answers every open request with 500 unless it has been answered. */
  async fail(): Promise<void> {
    for (const response of this.#open) {
      if (!response.headersSent) writeEmpty(response, 500, [["Connection", "close"]]);
    }
    await this.close();
  }
}

/** For requests that Node cannot parse. An unknown method counts as an unknown route. */
function refuseUnparsed(
  error: Error & { code?: string; rawPacket?: Buffer },
  socket: Duplex,
  headers: [string, string][],
) {
  if (!socket.writable || error.code === "ECONNRESET") return void socket.destroy();
  const unknownMethod = /^[\w!#$%&'*+.^`|~-]+ \S+ HTTP\/1\.[01]\r\n/.test(
    error.rawPacket?.toString("latin1") ?? "",
  );
  if (error.code === "HPE_INVALID_METHOD" && unknownMethod) return endRaw(socket, "404 Not Found", headers);
  if (error.code === "HPE_HEADER_OVERFLOW") return endRaw(socket, "431 Request Header Fields Too Large", []);
  return endRaw(socket, "400 Bad Request", []);
}

function endRaw(socket: Duplex, status: string, headers: [string, string][]): void {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  socket.end(
    `HTTP/1.1 ${status}\r\nServer: Kestrel\r\nContent-Length: 0\r\nConnection: close\r\n${lines}\r\n`,
  );
}
