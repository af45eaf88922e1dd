/** Requests that fit no endpoint: answers with all routes, or with the methods of this route. */
/** Reads and stores nothing. */
import type { HttpMethod } from "@azure/functions";
import { Failure } from "../lib/domain/failure.ts";
import { replying } from "../lib/http/pipeline/handler.ts";
import type { Services } from "../lib/http/services.ts";
import { endpoints } from "./endpoints.ts";

/** The host picks the first matching function by name, so this name must sort last. */
export const UNKNOWN_ROUTE = "zz-unknown-route";

/** All methods of the functions library's requests. */
const METHODS: HttpMethod[] = ["GET", "PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS"];

export const unknownRoute = (services: Services) => ({
  methods: METHODS,
  route: "{*rest}",
  handler: replying({ name: UNKNOWN_ROUTE, access: "anonymous" }, services, async ({ params }) => {
    throw refusalOf(params["rest"] ?? "");
  }),
});

const routes = endpoints.map(({ method, route }) => `${method} ${route}`);

function refusalOf(path: string): Failure {
  const allow = endpoints.filter(({ route }) => fits(route, path)).map(({ method }) => method);
  if (allow.length === 0) return new Failure("route-not-found", "There is no such route.", { routes });
  return new Failure("method-not-allowed", `This route takes ${allow.join(", ")}.`, { allow });
}

/** Matches as the host does: ignores case and a trailing slash. */
function fits(route: string, path: string): boolean {
  const [parts, given] = [route.split("/"), path.replace(/\/$/, "").toLowerCase().split("/")];
  const isSame = (part: string, at: number) => (part.startsWith("{") ? given[at] !== "" : part === given[at]);
  return parts.length === given.length && parts.every(isSame);
}
