/** Holds each request until standard input tells it to continue. */
import { once } from "node:events";
import { app } from "@azure/functions";

app.get("hold", async (_request, context) => {
  context.log("holding");
  await once(process.stdin, "data");
  return { body: "released" };
});

app.hook.appTerminate(() => void process.stdout.write("terminated\n"));
