/** Runs a call that must be refused and returns the refusal; any other error passes through. */
import { Failure } from "../../lib/domain/failure.ts";

export function refusalOf(run: () => unknown): Failure {
  try {
    run();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

export async function refusalFrom(run: () => Promise<unknown>): Promise<Failure> {
  try {
    await run();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

export const kindFrom = async (run: () => Promise<unknown>) => (await refusalFrom(run)).kind;

/** The outcome of a race: how many succeeded, and the kinds of the refusals. */
export function tally(settled: PromiseSettledResult<unknown>[]): { done: number; refused: string[] } {
  const refused = settled.flatMap((each) => {
    if (each.status === "fulfilled") return [];
    if (each.reason instanceof Failure) return [each.reason.kind];
    throw each.reason;
  });
  return { done: settled.length - refused.length, refused };
}
