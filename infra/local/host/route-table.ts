/** The routes of the app's HTTP functions: the first match in name order takes the request. */
import type { RegisteredFunction } from "./registry.ts";
import { compileTemplate, type Params, type RouteMatcher } from "./route-template.ts";

interface Route {
  fn: RegisteredFunction;
  template: string;
  methods: string[];
  match: RouteMatcher;
}

export interface RouteTable {
  find(method: string, path: string): { fn: RegisteredFunction; params: Params } | undefined;
}

/** @throws if Azure wouldn't serve a route, or the local host can't */
export function buildRouteTable(functions: RegisteredFunction[], prefix: string): RouteTable {
  const routes: Route[] = [];
  for (const fn of functions) {
    const route = toRoute(fn, prefix);
    const reason = errorOf(route, routes);
    if (reason) throw new Error(`Function ${fn.name}: the route "${route.template}" ${reason}.`);
    routes.push(route);
  }
  return { find: (method, path) => find(routes, method, path) };
}

function find(routes: Route[], method: string, path: string) {
  for (const { fn, methods, match } of routes) {
    if (!methods.includes(method)) continue;
    const params = match(path);
    if (params) return { fn, params };
  }
  return undefined;
}

function toRoute(fn: RegisteredFunction, prefix: string): Route {
  const template = fn.trigger.route || fn.name;
  const methods = (fn.trigger.methods ?? ["GET", "POST"]).map((method) => method.toUpperCase());
  return {
    fn,
    template: template.toLowerCase(),
    methods,
    match: compileTemplate(`${prefix}/${template}`),
  };
}

function errorOf(route: Route, others: Route[]): string | undefined {
  if (/^(?:admin|runtime)/.test(route.template)) return "is reserved";
  const rival = others.find(
    ({ template, methods }) =>
      template === route.template && methods.some((method) => route.methods.includes(method)),
  );
  return rival && `is that of function ${rival.fn.name}, too`;
}
