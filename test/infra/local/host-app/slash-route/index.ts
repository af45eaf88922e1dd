/** One route that the host can't serve. */
import { app } from "@azure/functions";

app.http("good", { handler: () => ({ body: "never served" }) });
app.http("bad", { route: "/bad", handler: () => ({}) });
