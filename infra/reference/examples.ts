/** Requests that the service takes and what it answers, as the tests have told them: `test/infra/reference/story.ts`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

const words = z.record(z.string(), z.string()).optional();

/** `sealed`: the body, where the device has sealed it itself. */
const Example = z.strictObject({
  name: z.string(),
  summary: z.string(),
  params: words,
  query: words,
  headers: words,
  body: z.unknown().optional(),
  sealed: z.string().optional(),
  status: z.int(),
  reply: z.unknown().optional(),
});
export type Example = z.infer<typeof Example>;

const FILE = join(import.meta.dirname, "examples.json");
const examples = z.record(z.string(), z.array(Example)).parse(JSON.parse(readFileSync(FILE, "utf8")));

/** Of an operation. */
export const examplesOf = (name: string): Example[] => examples[name] ?? [];
