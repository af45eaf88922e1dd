/** Serves the HTTP functions of an app: route, read the body, invoke, answer. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { HttpRequestData } from "./core-types.ts";
import type { FunctionApp } from "./function-app.ts";
import { invoke } from "./invoke.ts";
import { describeError } from "./logger.ts";
import type { RegisteredFunction } from "./registry.ts";
import { BodyTooLarge, bodyLimit, readBody } from "./request-body.ts";
import { toRequestData } from "./request-data.ts";
import { writeEmpty, writeResponse } from "./response-writer.ts";
import type { RouteTable } from "./route-table.ts";
import type { Serve } from "./server.ts";

export function httpFunctions(app: FunctionApp, routes: RouteTable): Serve {
  const { customHeaders } = app.settings;
  const limit = bodyLimit();

  return async (request, response, target) => {
    const route = routes.find(request.method ?? "", target.path);
    if (!route) return writeEmpty(response, 404, customHeaders);
    try {
      const body = await readBody(request, limit);
      await answer(app, route.fn, toRequestData(request, target, route.params, body), response);
    } catch (error) {
      if (error instanceof BodyTooLarge) refuseBody(request, response, customHeaders);
      else if (!request.errored) throw error;
    }
  };
}

async function answer(
  app: FunctionApp,
  fn: RegisteredFunction,
  http: HttpRequestData,
  response: ServerResponse,
) {
  const { customHeaders } = app.settings;
  const result = await invoke(app, fn, { http });
  if (!result) return writeEmpty(response, 500, customHeaders);
  const data = result.returnValue?.http;
  if (!data) return writeEmpty(response, 204, customHeaders);
  try {
    writeResponse(response, data, customHeaders);
  } catch (error) {
    app.log("error", { name: fn.name, invocationId: "-" }, describeError(error));
    writeEmpty(response, 500, customHeaders);
  }
}

/** Answers at once; closes the connection when the client has stopped sending. */
function refuseBody(
  request: IncomingMessage,
  response: ServerResponse,
  customHeaders: [string, string][],
): void {
  response.shouldKeepAlive = false;
  response.writeHead(500, ["Server", "Kestrel", "Content-Length", "0", ...customHeaders.flat()]);
  response.flushHeaders();
  request.on("end", () => response.end()).on("error", () => response.end());
  request.resume();
}
