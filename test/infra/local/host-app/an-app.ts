/** An app without a process of its own, and its functions. */
import type { Binding } from "../../../../infra/local/host/core-types.ts";
import type { FunctionApp } from "../../../../infra/local/host/function-app.ts";
import { readQueueSettings } from "../../../../infra/local/host/queue-settings.ts";
import type { RegisteredFunction } from "../../../../infra/local/host/registry.ts";
import { Running } from "../../../../infra/local/host/running.ts";

export const anApp = (): FunctionApp => ({
  settings: { routePrefix: "api", customHeaders: [], queues: readQueueSettings(undefined) },
  functions: [],
  atEnd: [],
  running: new Running(),
  model: {
    getCapabilities: async () => ({}),
    getInvocationModel: ({ request }) => ({
      getArguments: async () => ({ context: {}, inputs: request.inputData }),
      invokeFunction: async (_, inputs, callback) => callback(...inputs),
      getResponse: async () => ({}),
    }),
  },
  log: () => undefined,
});

export function aFunction(
  name: string,
  trigger: Omit<Binding, "direction">,
  callback: RegisteredFunction["callback"] = () => undefined,
): RegisteredFunction {
  const bound = { ...trigger, direction: "in" };
  const metadata = { name, bindings: { trigger: bound } };
  return { id: name, name, metadata, callback, triggerName: "trigger", trigger: bound };
}
