/** Functions that bring the process down. */
import { app } from "@azure/functions";

const never = () => new Promise<never>(() => {});

app.get("uncaught", () => {
  setImmediate(() => {
    throw new Error("uncaught in a callback");
  });
  return never();
});

app.get("floating", () => {
  void Promise.reject(new Error("floating rejection"));
  return never();
});
