/** Asks for HTTP streams. */
import { app } from "@azure/functions";

app.setup({ enableHttpStream: true });
app.get("hello", () => ({ body: "hello" }));
