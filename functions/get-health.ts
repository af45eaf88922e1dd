/** GET health: the app runs. Says nothing else, and asks nobody else. */
import * as z from "zod";
import { endpoint } from "../lib/http/endpoint.ts";

export const getHealth = endpoint({
  name: "get-health",
  summary: "Whether the service runs",
  method: "GET",
  route: "health",
  access: "anonymous",
  replies: { 200: z.strictObject({ status: z.literal("ok") }) },
  handle: () => ({ status: 200, body: { status: "ok" as const } }),
});
