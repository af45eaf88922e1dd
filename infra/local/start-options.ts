/** The options of `npm start`. */
import { parseArgs } from "node:util";

export type StartOptions = ReturnType<typeof parseStartOptions>;

export const usage = `npm start [-- options]
  --json         print one JSON line with the addresses, everything else on stderr
  --free-ports   take free ports instead of the usual ones, the same again at the next start
  --fresh        forget what earlier starts have stored
  --data DIR     keep data in DIR instead of .local
  --app DIR      serve the app in DIR, built already, instead of building this one
  --func         serve with Azure Functions Core Tools, which must be installed
  --metrics      collect the app's metrics and show them
  --inspect      let a debugger attach to the functions on port 9229 of 127.0.0.1`;

/** Throws a TypeError that names a wrong option, or two that exclude each other. */
export function parseStartOptions(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: "boolean", default: false },
      "free-ports": { type: "boolean", default: false },
      fresh: { type: "boolean", default: false },
      data: { type: "string", default: ".local" },
      app: { type: "string" },
      func: { type: "boolean", default: false },
      inspect: { type: "boolean", default: false },
      metrics: { type: "boolean", default: false },
    },
  });
  if (values.func && values.inspect)
    throw new TypeError("--inspect is for the embedded host: leave out --func");
  return values;
}
