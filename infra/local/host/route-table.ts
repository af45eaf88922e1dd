/** The routes of the app's HTTP functions: the first by function name that fits takes the request. */
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
  /** Functions that are in error and not served, and why. */
  errors: { name: string; reason: string }[];
}

/** @throws if a template cannot be parsed: then the host serves nothing at all */
export function buildRouteTable(functions: RegisteredFunction[], prefix: string): RouteTable {
  const routes: Route[] = [];
  const errors: RouteTable["errors"] = [];
  for (const route of functions.map((fn) => toRoute(fn, prefix))) {
    const reason = errorOf(route, routes);
    if (reason) errors.push({ name: route.fn.name, reason });
    else routes.push(route);
  }
  return { errors, find: (method, path) => find(routes, method, path) };
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
  const whole = prefix === "" ? template : `${prefix}/${template}`;
  const methods = (fn.trigger.methods ?? ["GET", "POST"]).map((method) => method.toUpperCase());
  return { fn, template: template.toLowerCase(), methods, match: compileTemplate(whole) };
}

function errorOf(route: Route, others: Route[]): string | undefined {
  if (/^(?:admin|runtime)/.test(route.template)) return `the route "${route.template}" is reserved`;
  const rival = others.find(
    ({ template, methods }) =>
      template === route.template && methods.some((method) => route.methods.includes(method)),
  );
  return rival && `the route "${route.template}" conflicts with function ${rival.fn.name}`;
}
