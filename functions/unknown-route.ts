/** Whatever no endpoint takes: it is told which routes there are, or which methods its route takes. Nothing is read or stored for it. */
import type { HttpMethod } from "@azure/functions";
import { Failure } from "../lib/domain/failure.ts";
import { replying } from "../lib/http/pipeline/handler.ts";
import type { Services } from "../lib/http/services.ts";
import { endpoints } from "./endpoints.ts";

/** The host takes the first function by name that fits, so this name must be the last of all. */
export const UNKNOWN_ROUTE = "zz-unknown-route";

/** All that the functions library can make a request of. */
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

/** As the host looks for routes: in whatever letters, with or without a slash at the end. */
function fits(route: string, path: string): boolean {
  const [parts, given] = [route.split("/"), path.replace(/\/$/, "").toLowerCase().split("/")];
  const isSame = (part: string, at: number) => (part.startsWith("{") ? given[at] !== "" : part === given[at]);
  return parts.length === given.length && parts.every(isSame);
}
