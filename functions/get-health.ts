/** GET health: the app runs, and how many messages to people wait or were given up. Names nobody. */
import * as z from "zod";
import { endpoint } from "../lib/http/endpoint.ts";

/** `messages` is left out while nobody can tell. */
const Health = z.strictObject({
  status: z.literal("ok"),
  messages: z.strictObject({ waiting: z.int(), failed: z.int() }).optional(),
});

export const getHealth = endpoint({
  name: "get-health",
  summary: "Whether the service runs",
  method: "GET",
  route: "health",
  access: "anonymous",
  replies: { 200: Health },
  async handle(_, { countMessages }) {
    const messages = await countMessages();
    return { status: 200, body: { status: "ok" as const, ...(messages && { messages }) } };
  },
});
