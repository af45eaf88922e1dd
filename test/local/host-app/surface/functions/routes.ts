/** Routes that compete, constrain and conflict; each answers with its function's name. */
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
route("same-a", "same", "GET", "PUT");
route("same-b", "SAME", "PUT", "DELETE");
route("is-int", "int/{n:int}");
route("is-guid", "guid/{id:guid}");
route("is-length", "length/{x:length(2,3)}");
route("is-regex", "regex/{x:regex(^[a-z]{{3}}$)}");
route("is-alpha", "alpha/{x:alpha}");
route("optional", "optional/{x?}");
route("fallback", "fallback/{x=none}");
route("file", "file/{name}.{extension}");
route("reserved-admin", "administrators/x");
route("reserved-runtime", "runtime-x");
route("1-bad-name", "bad-name");
route("late", "late");
app.http("has-head", { route: "has-head", methods: ["HEAD", "GET"], handler: answer });
app.http("registers-late", {
  handler: () => {
    app.get("too-late", answer);
    return {};
  },
});
