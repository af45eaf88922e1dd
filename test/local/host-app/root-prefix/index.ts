/** A catch-all without a prefix. */
import { app } from "@azure/functions";

app.http("zz-all", {
  route: "{*path}",
  methods: ["GET"],
  handler: ({ params }) => ({ jsonBody: { params, cwd: process.cwd() } }),
});
