/** Example requests and replies, as `test/infra/reference/story.ts` recorded them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

const words = z.record(z.string(), z.string()).optional();

/** `sealed`: a device-sealed document as the body. */
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

export const examplesOf = (name: string): Example[] => examples[name] ?? [];
