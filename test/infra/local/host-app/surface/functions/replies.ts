/** Valid and invalid results of handlers; `GET /api/reply/NAME` gives one. */
import { Readable } from "node:stream";
import { app, type HttpRequest, output, trigger } from "@azure/functions";

const replies: Record<string, () => unknown> = {
  undefined: () => undefined,
  null: () => null,
  string: () => "text",
  number: () => 7,
  buffer: () => Buffer.from("text"),
  array: () => ["text"],
  native: () => new Response("native", { status: 202, headers: { "x-own": "1" } }),
  "body-string": () => ({ body: "text" }),
  "body-buffer": () => ({ body: Buffer.from("bytes") }),
  "body-stream": () => ({ body: Readable.from([Buffer.from("a"), Buffer.from("b")]) }),
  empty: () => ({ status: 200 }),
  "no-content": () => ({ status: 204, body: "dropped" }),
  "status-99": () => ({ status: 99 }),
  "status-600": () => ({ status: 600 }),
  "status-nan": () => ({ status: Number.NaN }),
  "latin-header": () => ({ headers: { "x-own": "é" } }),
  "own-length": () => ({ body: "12345", headers: { "Content-Length": "5" } }),
  "wrong-length": () => ({ body: "12345", headers: { "Content-Length": "4" } }),
  "own-header": () => ({ body: "x", headers: { "cache-control": "max-age=5" } }),
  cookies: () => ({ cookies: [{ name: "a", value: "1" }] }),
  throws: () => {
    throw new Error("secret detail");
  },
  rejects: () => Promise.reject(new Error("secret detail")),
};

app.generic("reply", {
  trigger: trigger.http({ route: "reply/{name}", methods: ["GET", "HEAD"] }),
  return: output.http({}),
  handler: (request: HttpRequest) => replies[request.params["name"] ?? ""]?.(),
});
