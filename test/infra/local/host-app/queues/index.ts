/** Functions on queues: the message decides whether they fail, wait for others, or for a release. */
import { once } from "node:events";
import { app, type InvocationContext } from "@azure/functions";
import * as z from "zod";

const Order = z.object({
  /** How many deliveries fail. */
  fail: z.int().default(0),
  /** Ends when this many messages are running at once. */
  together: z.int().default(1),
  /** Ends when standard input says so. */
  hold: z.boolean().default(false),
});

let running = 0;
const everyone = Promise.withResolvers<void>();

async function work(entry: unknown, { triggerMetadata }: InvocationContext): Promise<void> {
  const { fail, together, hold } = Order.catch({ fail: 0, together: 1, hold: false }).parse(entry);
  process.stdout.write(`got ${JSON.stringify({ entry, ...triggerMetadata })}\n`);
  running += 1;
  if (running === together) everyone.resolve();
  if (together > 1) await everyone.promise;
  if (hold) await once(process.stdin, "data");
  if (Number(triggerMetadata?.["dequeueCount"]) <= fail) throw new Error("told to fail");
}

app.storageQueue("work", { queueName: process.env["QUEUE"] ?? "", connection: "QUEUES", handler: work });
app.storageQueue("no-connection", { queueName: "any", connection: "NOT_SET", handler: work });
