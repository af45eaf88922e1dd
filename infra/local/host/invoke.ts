/** One invocation of a function, with its hooks, in the worker's order. */
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

const LONGEST_TIMEOUT = 2 ** 31 - 1;

type RunningContext = CoreInvocationContext & { invocationContext?: object | undefined };

/** Why it failed has been logged already. */
export type Outcome = { failed: false; response: InvocationResponse } | { failed: true };

export async function invoke(
  app: FunctionApp,
  fn: RegisteredFunction,
  data: TriggerData,
  metadata: TriggerMetadata = {},
): Promise<Outcome> {
  const core = coreContext(app, fn, data, metadata);
  const end = app.running.begin();
  const timeout = endOnTimeout(app, fn);
  try {
    return { failed: false, response: await runWithHooks(app, fn, core) };
  } catch (error) {
    core.log("error", "system", describeError(error));
    return { failed: true };
  } finally {
    clearTimeout(timeout);
    core.state = undefined;
    core.invocationContext = undefined;
    core.request.inputData = [];
    end();
  }
}

/** A function that runs too long costs the whole process, as in Azure. */
function endOnTimeout({ settings, crash }: FunctionApp, fn: RegisteredFunction): NodeJS.Timeout | undefined {
  const { functionTimeoutMs: limit } = settings;
  if (limit > LONGEST_TIMEOUT) return undefined;
  return setTimeout(() => crash(`Function ${fn.name} exceeded the function timeout of ${limit} ms`), limit);
}

async function runWithHooks(app: FunctionApp, fn: RegisteredFunction, core: RunningContext) {
  const model = app.model.getInvocationModel(core);
  const { context, inputs } = await model.getArguments();
  freeBodies(core);
  const shared = { hookData: {}, appHookData: app.hooks.appHookData, invocationContext: context };
  const before = { ...shared, inputs, functionCallback: fn.callback };
  core.invocationContext = context;
  core.state = "preInvocationHooks";
  await app.hooks.run("preInvocation", before);

  core.state = "invocation";
  const outcome: { result: unknown; error: unknown } = { result: null, error: null };
  try {
    outcome.result = await model.invokeFunction(context, before.inputs, before.functionCallback);
  } catch (error) {
    outcome.error = error;
  }

  core.state = "postInvocationHooks";
  const after = { ...shared, inputs: before.inputs, ...outcome };
  await app.hooks.run("postInvocation", after);
  if (after.error !== null && after.error !== undefined) throw after.error;
  return await model.getResponse(context, after.result);
}

/** The library has copied the body: freeing ours at once, not when it is collected, keeps large uploads cheap. */
function freeBodies({ request }: RunningContext): void {
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
): RunningContext {
  const invocationId = randomUUID();
  const source = { name: fn.name, invocationId };
  return {
    invocationId,
    metadata: fn.metadata,
    state: undefined,
    request: {
      invocationId,
      functionId: fn.id,
      inputData: [{ name: fn.triggerName, data }],
      triggerMetadata,
      traceContext: { traceParent: "", traceState: "", attributes: {} },
    },
    log(level, category, message) {
      const { appHookData } = app.hooks;
      const { invocationContext } = this;
      const line = app.hooks.runLog({
        level,
        category,
        message,
        appHookData,
        hookData: {},
        invocationContext,
      });
      app.log(line.level, source, line.message);
    },
  };
}
