/** The entry point: the only file that reads the environment, builds adapters and registers functions. */
import { app, type InvocationContext } from "@azure/functions";
import { azureAdapters } from "../lib/azure/adapters.ts";
import { configFromEnvironment } from "../lib/config/config.ts";
import { sweepsOf } from "../lib/domain/sweeps/sweeps.ts";
import { tolerateNonLatin1Headers } from "../lib/http/headers/any-header.ts";
import { toHandler } from "../lib/http/pipeline/handler.ts";
import { logInvocation } from "../lib/http/pipeline/log.ts";
import { builtPages } from "../lib/http/replies/built-pages.ts";
import { policyOf, type Services } from "../lib/http/services.ts";
import { oidcTokenVerifier } from "../lib/oidc/token-verifier.ts";
import { endpoints } from "./endpoints.ts";
import { deliverMessages } from "./operations/deliver-messages.ts";
import { startSweeps, sweepPage } from "./operations/sweep-functions.ts";
import { UNKNOWN_ROUTE, unknownRoute } from "./unknown-route.ts";

tolerateNonLatin1Headers();
const config = configFromEnvironment(process.env);
const clock = () => new Date();
await sendMetrics(config.metrics);
const { messenger, openQueued, sweepWork, ...ports } = azureAdapters(config, clock);
const services: Services = {
  ...ports,
  tokenVerifier: oidcTokenVerifier(config.issuers, clock),
  pages: builtPages(new URL("pages.json", import.meta.url)),
  clock,
  policy: policyOf(config),
};
const sweeps = sweepsOf({ ...services, ...sweepWork }, config);

for (const endpoint of endpoints) {
  const { name, method, route } = endpoint;
  app.http(name, {
    methods: [method],
    route,
    authLevel: "anonymous",
    handler: toHandler(endpoint, services),
  });
}

app.http(UNKNOWN_ROUTE, { ...unknownRoute(services), authLevel: "anonymous" });

app.storageQueue("deliver-messages", {
  queueName: "messages",
  connection: "QUEUE_STORAGE",
  handler: (message: unknown, context: InvocationContext) =>
    logInvocation(context, "deliver-messages", async () =>
      deliverMessages({ ...services, messenger }, await openQueued(message)),
    ),
});

app.storageQueue("sweep-page", {
  queueName: "sweeps",
  connection: "QUEUE_STORAGE",
  handler: (message: unknown, context: InvocationContext) =>
    logInvocation(context, "sweep-page", () => sweepPage(services.sweepStore, sweeps, message, clock())),
});

/** Once a day, while most of Europe sleeps. */
app.timer("start-sweeps", {
  schedule: "0 0 3 * * *",
  handler: (_, context: InvocationContext) =>
    logInvocation(context, "start-sweeps", () => startSweeps(services.sweepStore, clock())),
});

/** Call this before anything is counted. On termination the instance sends what is left. */
async function sendMetrics({ endpoint, intervalSeconds }: typeof config.metrics): Promise<void> {
  if (endpoint === undefined) return;
  const { startMetrics } = await import("../lib/metrics/otlp.ts");
  app.hook.appTerminate(startMetrics(endpoint, intervalSeconds));
}
