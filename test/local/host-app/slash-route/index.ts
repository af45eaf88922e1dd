/** One route that cannot be parsed. */
import { app } from "@azure/functions";

app.http("good", { handler: () => ({ body: "never served" }) });
app.http("bad", { route: "/bad", handler: () => ({}) });
