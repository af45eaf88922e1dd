/** Returns what a handler sees of a request. */
import { app, type HttpRequest } from "@azure/functions";

const methods = ["GET", "POST", "PUT", "DELETE"] as const;

async function describe(request: HttpRequest) {
  const hasBody = request.body !== null;
  return {
    jsonBody: {
      method: request.method,
      url: request.url,
      params: request.params,
      headers: Object.fromEntries(request.headers),
      hasBody,
      length: hasBody ? (await request.arrayBuffer()).byteLength : 0,
    },
  };
}

app.get("process", () => ({ jsonBody: { cwd: process.cwd(), flags: process.execArgv } }));
app.http("echo", { methods: [...methods], handler: describe });
app.http("echo-path", { methods: ["GET"], route: "Items/{name}/End", handler: describe });
app.http("echo-rest", { methods: ["GET"], route: "rest/{*rest}", handler: describe });
app.http("echo-default-methods", { handler: describe });
