/** One invocation of a function, in the worker's order. */
import { randomUUID } from "node:crypto";
import type {
  CoreInvocationContext,
  InvocationResponse,
  TriggerData,
  TriggerMetadata,
} from "./core-types.ts";
import type { FunctionApp } from "./function-app.ts";
import { describeError } from "./logger.ts";
import type { RegisteredFunction } from "./registry.ts";

/** Undefined if it failed, which has been logged. */
export async function invoke(
  app: FunctionApp,
  fn: RegisteredFunction,
  data: TriggerData,
  metadata: TriggerMetadata = {},
): Promise<InvocationResponse | undefined> {
  const core = coreContext(app, fn, data, metadata);
  const end = app.running.begin();
  try {
    return await run(app, fn, core);
  } catch (error) {
    core.log("error", "system", describeError(error));
    return undefined;
  } finally {
    core.request.inputData = [];
    end();
  }
}

async function run(app: FunctionApp, fn: RegisteredFunction, core: CoreInvocationContext) {
  const model = app.model.getInvocationModel(core);
  const { context, inputs } = await model.getArguments();
  freeBodies(core);
  const result = await model.invokeFunction(context, inputs, fn.callback);
  return await model.getResponse(context, result);
}

/**
 * The library has copied the body. Freeing ours now rather than at garbage collection keeps large uploads
 * cheap.
 */
function freeBodies({ request }: CoreInvocationContext): void {
  for (const { data } of request.inputData) {
    if (!("http" in data) || !data.http.body) continue;
    data.http.body.bytes.transfer(0);
    delete data.http.body;
  }
}

function coreContext(
  app: FunctionApp,
  fn: RegisteredFunction,
  data: TriggerData,
  triggerMetadata: TriggerMetadata,
): CoreInvocationContext {
  const invocationId = randomUUID();
  return {
    invocationId,
    metadata: fn.metadata,
    request: {
      invocationId,
      functionId: fn.id,
      inputData: [{ name: fn.triggerName, data }],
      triggerMetadata,
      traceContext: { traceParent: "", traceState: "", attributes: {} },
    },
    log(level, _category, message) {
      app.log(level, { name: fn.name, invocationId }, message);
    },
  };
}
