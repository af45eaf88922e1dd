/** Hooks that leave a trace of their order, change inputs and results, and rewrite a log line. */
import { app, type HttpRequest } from "@azure/functions";

app.hook.appStart(({ hookData }) => void process.stdout.write(`start ${Object.keys(hookData).length}\n`));
app.hook.appTerminate(() => void process.stdout.write("terminated\n"));

app.hook.preInvocation((context) => {
  context.hookData["trace"] = ["pre"];
  const handler = context.functionHandler;
  context.functionHandler = (...inputs) => handler(...inputs);
});

app.hook.postInvocation((context) => {
  const trace = context.hookData["trace"];
  if (context.error) context.result = { status: 418, jsonBody: { trace, error: String(context.error) } };
  else context.result = { jsonBody: { trace, result: context.result } };
  context.error = null;
});

app.hook.log((context) => {
  context.message = context.message.replace("secret", "***");
});

app.get("works", (_request: HttpRequest, context) => {
  context.log("a secret\nin two lines");
  context.debug("not shown");
  return { body: "made by the handler" };
});

app.get("fails", () => {
  throw new Error("refused");
});
