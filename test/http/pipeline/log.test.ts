/** The log: one line per request, without anything from the request or from an SDK's error. */
import { InvocationContext } from "@azure/functions";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { Failure, TokenRefusal } from "../../../lib/domain/failure.ts";
import { logRequest } from "../../../lib/http/pipeline/log.ts";

const CANARY = "canary-3f9c";
const Line = z.strictObject({
  requestId: z.string(),
  endpoint: z.string(),
  status: z.int().optional(),
  milliseconds: z.int(),
  reopened: z.literal(true).optional(),
  problem: z.string().optional(),
  cause: z
    .strictObject({
      name: z.string(),
      code: z.string().optional(),
      statusCode: z.int().optional(),
      at: z.array(z.string()).optional(),
    })
    .optional(),
});

function logged(error: unknown, status: number | undefined = 500) {
  const lines: { level: string; text: string }[] = [];
  const context = new InvocationContext({
    invocationId: "request-1",
    functionName: "upload-backup",
    logHandler: (level, ...args) => void lines.push({ level, text: args.map(String).join(" ") }),
  });
  logRequest(context, { endpoint: "upload-backup", status, error, startedAt: performance.now() });
  expect(lines).toHaveLength(1);
  const { level, text } = lines[0] ?? { level: "", text: "" };
  expect(text).not.toContain("\n");
  return { level, text, line: Line.parse(JSON.parse(text)) };
}

/** In the form that the Azure SDKs throw: request and response with headers and body on the error. */
const anSdkError = () =>
  Object.assign(new Error(`The request failed: ${CANARY}`), {
    name: "RestError",
    code: "AuthorizationFailure",
    statusCode: 403,
    request: { url: `https://a.example/${CANARY}`, headers: { authorization: CANARY }, body: CANARY },
    response: { bodyAsText: CANARY, headers: { "x-ms-request-id": CANARY } },
    details: { message: CANARY },
  });

describe("R34 what a line says", () => {
  it("R34 of an answer: the request's id, the endpoint, the status and the time it took", () => {
    const { level, line } = logged(undefined, 200);
    expect(line).toEqual({
      requestId: "request-1",
      endpoint: "upload-backup",
      status: 200,
      milliseconds: line.milliseconds,
    });
    expect(level).toBe("information");
  });

  it.each([
    [404, "information"],
    [499, "information"],
    [500, "error"],
    [503, "error"],
  ])("R34 a status of %d is logged as %s: an expected refusal is no error", (status, level) =>
    expect(logged(new Failure("busy", "x"), status).level).toBe(level),
  );

  it("R34 without a status it is an error", () => {
    const context = new InvocationContext({
      invocationId: "1",
      logHandler: (level) => void levels.push(level),
    });
    const levels: string[] = [];
    logRequest(context, { endpoint: "e", status: undefined, error: new Error("x"), startedAt: 0 });
    expect(levels).toEqual(["error"]);
  });

  it("R34 of a refusal its kind and what caused it, by name and code", () => {
    const failure = new Failure("storage-unavailable", CANARY, { etag: CANARY }, { cause: anSdkError() });
    const { text, line } = logged(failure, 503);
    expect(line).toMatchObject({ problem: "storage-unavailable" });
    expect(line.cause).toEqual({ name: "RestError", code: "AuthorizationFailure", statusCode: 403 });
    expect(text).not.toContain(CANARY);
  });

  it("R34 R49 of a refused token which check it failed, and nothing of its content", () => {
    const cause = new TokenRefusal("aud", { cause: new Error(CANARY) });
    const { text, line } = logged(new Failure("not-signed-in", CANARY, {}, { cause }), 401);
    expect(line.cause).toEqual({ name: "TokenRefusal", code: "aud" });
    expect(text).not.toContain(CANARY);
  });

  it("R34 of a fault of ours where it happened", () => {
    const { text, line } = logged(anSdkError());
    expect(line).toMatchObject({ problem: "unexpected", cause: { name: "RestError", statusCode: 403 } });
    expect(line.cause?.at?.[0]).toMatch(/^ {4}at .*log\.test\.ts:\d+/);
    expect(line.cause?.at?.length).toBeLessThanOrEqual(8);
    expect(text).not.toContain(CANARY);
  });
});

describe("R34 nothing of an error's words gets into the log", () => {
  it.each<[string, unknown]>([
    ["its message", new Error(CANARY)],
    ["its cause's message", new Error("x", { cause: new Error(CANARY) })],
    ["a message of several lines", new Error(`first\n${CANARY}\nlast`)],
    ["the errors inside it", new AggregateError([new Error(CANARY)], CANARY)],
    ["a code that is no text", Object.assign(new Error("x"), { code: { CANARY }, statusCode: CANARY })],
    ["a text that was thrown", CANARY],
    ["a value that was thrown", { name: CANARY, message: CANARY, stack: `    at ${CANARY}` }],
    ["a refusal's message", new Failure("not-signed-in", CANARY)],
    ["a refusal's cause that is no error", new Failure("not-signed-in", "x", {}, { cause: CANARY })],
    ["zod's findings", z.strictObject({ a: z.literal("b") }).safeParse({ a: CANARY, [CANARY]: 1 }).error],
  ])("R34 not %s", (_, error) => expect(logged(error).text).not.toContain(CANARY));

  it("R34 not what JSON.parse quotes", () => {
    const quoted = new Set<string>();
    for (const text of [CANARY, `{"a":${CANARY}}`, `["${CANARY}]`]) {
      try {
        JSON.parse(text);
      } catch (error) {
        quoted.add(String(error));
        expect(logged(error).text).not.toContain(CANARY);
      }
    }
    expect([...quoted].join()).toContain(CANARY);
  });

  // A line of the message that looks like a stack frame would pass for one.
  it("R34 not a line of the message that looks like a frame of the stack", () => {
    expect(logged(new Error(`bad input\n    at ${CANARY}`)).text).not.toContain(CANARY);
  });
});
