/** Starts and stops a host that serves one Functions app. */
import { setTimeout as delay } from "node:timers/promises";
import type { FunctionApp } from "./function-app.ts";
import { httpFunctions } from "./http-functions.ts";
import { startQueue } from "./queue-poller.ts";
import type { RegisteredFunction } from "./registry.ts";
import { buildRouteTable } from "./route-table.ts";
import { HostServer } from "./server.ts";
import { startTimer } from "./timer.ts";

const GRACE_MS = 5000;

/** How each trigger but HTTP is started; the result stops it. */
const STARTS = new Map([
  ["timertrigger", startTimer],
  ["queuetrigger", startQueue],
]);

export interface Host {
  server: HostServer;
  /** Gives running invocations up to five seconds, then runs the appTerminate hooks. */
  stop(): Promise<void>;
}

/** @throws if the host can't serve a function's trigger, route or schedule */
export function createHost(app: FunctionApp): Host {
  const functions = app.functions.filter((fn) => !isDisabled(fn));
  const http = functions.filter(isHttp);
  const routes = buildRouteTable(http, app.settings.routePrefix);
  const server = new HostServer(httpFunctions(app, routes), app.settings.customHeaders);
  const stops = functions.filter((fn) => !isHttp(fn)).map((fn) => startListener(app, fn));
  return { server, stop: () => stop(app, server, stops) };
}

async function stop(app: FunctionApp, server: HostServer, stops: (() => void)[]): Promise<void> {
  for (const stopListener of stops) stopListener();
  await withinGrace(Promise.all([server.close(), app.running.idle()]));
  await withinGrace(Promise.all(app.atEnd.map((callback) => callback({ hookData: {}, appHookData: {} }))));
}

function startListener(app: FunctionApp, fn: RegisteredFunction): () => void {
  const start = STARTS.get(fn.trigger.type.toLowerCase());
  if (!start) throw new Error(`Function ${fn.name}: the local host has no ${fn.trigger.type}.`);
  return start(app, fn);
}

const withinGrace = (work: Promise<unknown>) =>
  Promise.race([work, delay(GRACE_MS, undefined, { ref: false })]);

const isHttp = ({ trigger }: RegisteredFunction) => trigger.type.toLowerCase() === "httptrigger";

/** An app setting disables a function, as in Azure. */
const isDisabled = ({ name }: RegisteredFunction) =>
  /^(true|1)$/i.test(process.env[`AzureWebJobs.${name}.Disabled`] ?? "");
