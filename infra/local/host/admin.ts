/** The host's own routes: its status, and running a function that no request triggers. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { asRecord } from "./json-file.ts";
import type { Listener } from "./listeners.ts";
import { writeEmpty } from "./response-writer.ts";

export function isAdminPath(path: string): boolean {
  return /^\/admin(?:\/|$)/i.test(path);
}

export async function serveAdmin(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  listeners: Map<string, Listener>,
): Promise<void> {
  const route = `${request.method} ${path.toLowerCase().replace(/\/$/, "")}`;
  if (route === "GET /admin/host/status") return writeJson(response, { state: "Running" });
  if (route === "GET /admin/host/ping") return writeEmpty(response, 200, []);
  const [, name = ""] = /^POST \/admin\/functions\/([^/]+)$/.exec(route) ?? [];
  const listener = listeners.get(name);
  if (!listener) return writeEmpty(response, 404, []);
  const input = parseInput(await text(request));
  if (input === undefined) return writeEmpty(response, 400, []);
  void listener.run(input);
  writeEmpty(response, 202, []);
}

/** The `input` of a JSON body; undefined if the body isn't one. */
function parseInput(body: string): string | undefined {
  try {
    const { input } = asRecord(JSON.parse(body));
    return typeof input === "string" ? input : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function writeJson(response: ServerResponse, value: object): void {
  response.writeHead(200, { Server: "Kestrel", "Content-Type": "application/json; charset=utf-8" });
  response.end(JSON.stringify(value));
}
