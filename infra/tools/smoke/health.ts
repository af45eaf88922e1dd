/** Checks that the service answers, and answers as this service does. */
import * as z from "zod";
import { textOf } from "./address.ts";
import { type Answer, ask } from "./ask.ts";

const Counts = z.object({ waiting: z.int(), failed: z.int() }).optional();
const Health = z.object({ status: z.literal("ok"), messages: Counts, pages: Counts });

/** @throws Error with a sentence for people */
export async function checkHealth(base: URL): Promise<string> {
  const answer = await ask(base, "health");
  const health = Health.safeParse(jsonIn(answer));
  if (answer.status !== 200 || !health.success) throw new Error(describeOther(base, answer));
  const { messages, pages } = health.data;
  if (!messages || !pages) return "";
  return `${messages.waiting} messages wait, ${messages.failed} were given up; of sweeps ${pages.waiting} and ${pages.failed} pages`;
}

function describeOther(base: URL, { status, headers }: Answer): string {
  const location = headers.get("location");
  if (location !== null) return `${textOf(base)} sends on to ${location}: give the address that is meant.`;
  const what = `${status} ${headers.get("content-type") ?? ""}`.trim();
  if (status >= 500)
    return `${textOf(base)} answers ${what}: the app doesn't run there. Its log says why; a bad setting is named in it.`;
  return `${textOf(base)}/health answers ${what}, which isn't this service's. Its base URL ends with /api.`;
}

export function jsonIn({ body }: Answer): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
