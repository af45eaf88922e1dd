/** Starts and stops a host that serves one Functions app. */
import { setTimeout as delay } from "node:timers/promises";
import { isAdminPath, serveAdmin } from "./admin.ts";
import type { FunctionApp } from "./function-app.ts";
import { httpFunctions, type ServeHttp } from "./http-functions.ts";
import { createListeners, type Listener } from "./listeners.ts";
import { describeError, fromHost } from "./logger.ts";
import { isFunctionName, type RegisteredFunction } from "./registry.ts";
import { writeEmpty } from "./response-writer.ts";
import { buildRouteTable, type RouteTable } from "./route-table.ts";
import { HostServer } from "./server.ts";

const GRACE_MS = 5000;

export interface Host {
  server: HostServer;
  /** Gives running invocations up to five seconds, then runs the appTerminate hooks. */
  stop(): Promise<void>;
}

export function createHost(app: FunctionApp): Host {
  const functions = app.functions.filter((fn) => hasGoodName(app, fn) && !isDisabled(fn));
  const http = functions.filter(({ trigger }) => isHttp(trigger));
  const routes = tryRoutes(app, http);
  const others = routes ? functions.filter(({ trigger }) => !isHttp(trigger)) : [];
  const listeners = createListeners(app, others);
  const serve = routes ? serveAll(httpFunctions(app, routes), listeners) : serveNothing;
  const server = new HostServer(serve, app.settings.customHeaders);
  for (const listener of listeners.values()) listener.start();
  return { server, stop: () => stop(app, server, listeners) };
}

function serveAll(serveHttp: ServeHttp, listeners: Map<string, Listener>): ServeHttp {
  return async (request, response, target) => {
    if (isAdminPath(target.path)) await serveAdmin(request, response, target.path, listeners);
    else await serveHttp(request, response, target);
  };
}

const serveNothing: ServeHttp = async (_request, response) => writeEmpty(response, 503, []);

/** A route that cannot be parsed fails the whole host, as in Azure. */
function tryRoutes(app: FunctionApp, functions: RegisteredFunction[]): RouteTable | undefined {
  try {
    const routes = buildRouteTable(functions, app.settings.routePrefix);
    for (const { name, reason } of routes.errors) inError(app, name, reason);
    return routes;
  } catch (error) {
    app.log("critical", fromHost, `The host serves nothing: ${describeError(error)}`);
    return undefined;
  }
}

async function stop(app: FunctionApp, server: HostServer, listeners: Map<string, Listener>): Promise<void> {
  for (const listener of listeners.values()) listener.stop();
  const finished = Promise.all([server.close(), app.running.idle()]);
  await Promise.race([finished, delay(GRACE_MS, undefined, { ref: false })]);
  const context = { hookData: {}, appHookData: app.hooks.appHookData };
  await Promise.race([app.hooks.run("appTerminate", context), delay(GRACE_MS, undefined, { ref: false })]);
}

function isHttp({ type }: { type: string }): boolean {
  return type.toLowerCase() === "httptrigger";
}

function hasGoodName(app: FunctionApp, { name }: RegisteredFunction): boolean {
  if (isFunctionName(name)) return true;
  inError(app, name, `'${name}' is not a valid function name`);
  return false;
}

/** An app setting switches a function off, as in Azure. */
const isDisabled = ({ name }: RegisteredFunction) =>
  /^(true|1)$/i.test(process.env[`AzureWebJobs.${name}.Disabled`] ?? "");

function inError(app: FunctionApp, name: string, reason: string): void {
  app.log("error", fromHost, `The '${name}' function is in error: ${reason}`);
}
