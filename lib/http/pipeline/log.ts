/** Logs one line and one metric per request: never a header, body, path, message or SDK error. */
import type { InvocationContext } from "@azure/functions";
import { Failure } from "../../domain/failure.ts";
import { operationEnded } from "../../metrics/metrics.ts";
import { kindOf } from "../problems/problem.ts";

type Answered = {
  endpoint: string;
  status: number | undefined;
  error: unknown;
  startedAt: number;
  reopened?: boolean;
};

export function logRequest(
  context: InvocationContext,
  { endpoint, status, error, startedAt, reopened }: Answered,
): void {
  const milliseconds = performance.now() - startedAt;
  operationEnded(endpoint, error === undefined ? "ok" : kindOf(error), milliseconds);
  const line = JSON.stringify({
    requestId: context.invocationId,
    endpoint,
    status,
    milliseconds: Math.round(milliseconds),
    ...(reopened && { reopened }),
    ...(error !== undefined && { problem: kindOf(error), ...describe(error) }),
  });
  if (error === undefined || (status ?? 500) < 500) context.info(line);
  else context.error(line);
}

/** `because`: why the work isn't done although it didn't throw. */
type Ended = { outcome: string; because?: unknown };

/** Logs one line for a background function. Its errors reach the host, without their messages. */
export async function logInvocation(
  context: InvocationContext,
  name: string,
  work: () => Promise<Ended>,
): Promise<void> {
  const startedAt = performance.now();
  const line = (error: unknown, more: object) => {
    const milliseconds = performance.now() - startedAt;
    operationEnded(name, error === undefined ? "ok" : kindOf(error), milliseconds);
    const asked = { requestId: context.invocationId, function: name };
    const why = error === undefined ? {} : { problem: kindOf(error), ...describe(error) };
    return JSON.stringify({ ...asked, milliseconds: Math.round(milliseconds), ...more, ...why });
  };
  try {
    const { outcome, because } = await work();
    const text = line(because, { outcome });
    if (because === undefined) context.info(text);
    else context.warn(text);
  } catch (error) {
    context.error(line(error, {}));
    throw new Error(`${name} failed; see the line before`);
  }
}

/** A refusal's cause, or where our bug happened. Messages may quote input, so they stay out. */
function describe(error: unknown) {
  const cause = error instanceof Failure ? error.cause : error;
  if (!(cause instanceof Error)) return {};
  const at = error instanceof Failure ? {} : { at: framesOf(cause).slice(0, 8) };
  return { cause: { name: cause.name, ...codesOf(cause), ...at } };
}

/** The stack begins with the message, which may look like frames: skip it. */
function framesOf({ message, stack = "" }: Error): string[] {
  const messageAt = stack.indexOf(message);
  const frames = messageAt < 0 ? "" : stack.slice(messageAt + message.length);
  return frames.split("\n").filter((line) => line.startsWith("    at "));
}

const codesOf = (error: Error) => ({
  ...("code" in error && typeof error.code === "string" && { code: error.code }),
  ...("statusCode" in error && typeof error.statusCode === "number" && { statusCode: error.statusCode }),
});
