/** Routes that compete; each answers with its function's name. */
import { app, type HttpHandler, type HttpMethod } from "@azure/functions";

const answer: HttpHandler = (request, context) => ({
  jsonBody: { name: context.functionName, params: request.params },
});

function route(name: string, template: string, ...methods: HttpMethod[]): void {
  app.http(name, { route: template, methods: methods.length > 0 ? methods : ["GET"], handler: answer });
}

route("zLiteral", "order/me");
route("aParam", "order/{x}");
route("twin-get", "twin");
route("twin-put", "twin", "PUT");
app.http("has-head", { route: "has-head", methods: ["HEAD", "GET"], handler: answer });
app.http("registers-late", {
  handler: () => {
    app.get("too-late", answer);
    return {};
  },
});
