/** Sends one request to a service, without a token. */
import { textOf } from "./address.ts";
import { describeUnreachable } from "./unreachable.ts";

/** A cold start in Azure may take that long. */
const PATIENCE_MS = 30_000;

export type Answer = {
  status: number;
  headers: Headers;
  body: string;
  /** The middle of the request, by this machine's clock. */
  askedAt: Date;
};

/** @throws Error with a sentence for people, if no answer comes */
export async function ask(base: URL, path: string): Promise<Answer> {
  const startedAt = Date.now();
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch(`${textOf(base)}/${path}`, { redirect: "manual", signal });
    const askedAt = new Date((startedAt + Date.now()) / 2);
    return { status: response.status, headers: response.headers, body: await response.text(), askedAt };
  } catch (error) {
    throw new Error(describeUnreachable(base, error), { cause: error });
  }
}
