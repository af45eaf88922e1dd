/** One line for each request. Only what is listed here is ever logged: no header, body, path, message or SDK error. */
import type { InvocationContext } from "@azure/functions";
import { Failure } from "../domain/failure.ts";
import { kindOf } from "./problem.ts";

type Answered = { endpoint: string; status: number | undefined; error: unknown; startedAt: number };

export function logRequest(
  context: InvocationContext,
  { endpoint, status, error, startedAt }: Answered,
): void {
  const line = JSON.stringify({
    requestId: context.invocationId,
    endpoint,
    status,
    milliseconds: Math.round(performance.now() - startedAt),
    ...(error !== undefined && { problem: kindOf(error), ...describe(error) }),
  });
  if (error === undefined || (status ?? 500) < 500) context.info(line);
  else context.error(line);
}

/** Of a refusal, what caused it; of a fault of ours, where it happened. Messages may quote input, so they stay out. */
function describe(error: unknown) {
  const cause = error instanceof Failure ? error.cause : error;
  if (!(cause instanceof Error)) return {};
  const { name, stack = "" } = cause;
  const frames = stack.split("\n").filter((line) => line.startsWith("    at "));
  return {
    cause: { name, ...codesOf(cause), ...(!(error instanceof Failure) && { at: frames.slice(0, 8) }) },
  };
}

const codesOf = (error: Error) => ({
  ...("code" in error && typeof error.code === "string" && { code: error.code }),
  ...("statusCode" in error && typeof error.statusCode === "number" && { statusCode: error.statusCode }),
});
