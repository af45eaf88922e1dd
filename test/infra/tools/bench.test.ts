/** The benchmark's arithmetic: its results can't be better than this. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { judge } from "../../../infra/tools/bench/budgets.ts";
import { parseAnswer } from "../../../infra/tools/bench/connection.ts";
import { dealt } from "../../../infra/tools/bench/load.ts";
import { percentile, roundsIn } from "../../../infra/tools/bench/statistics.ts";

const call = (startedAt: number, endedAt: number) => ({ startedAt, endedAt });

test("R42 the bench takes a percentile by nearest rank", () => {
  const values = [5, 1, 4, 2, 3];
  expect({ p50: percentile(values, 0.5), p95: percentile(values, 0.95) }).toEqual({ p50: 3, p95: 5 });
  expect(percentile([], 0.5)).toBeNaN();
});

test("R42 a percentile is one of the values, and no more than its share of them are smaller", () => {
  const values = fc.array(fc.double({ noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(values, fc.double({ min: 0.01, max: 1, noNaN: true }), (all, share) => {
      const found = percentile(all, share);
      expect(all).toContain(found);
      expect(all.filter((value) => value < found).length).toBeLessThanOrEqual(share * all.length);
    }),
  );
});

test("R42 parallel calls are one round, successive calls one each", () => {
  const beside = [call(0, 60), call(1, 61), call(2, 70)];
  const after = [call(0, 60), call(61, 121), call(122, 182)];
  // During one long call, two short ones follow each other.
  const mixed = [call(0, 200), call(0, 60), call(61, 121), call(201, 261)];
  expect({ beside: roundsIn(beside), after: roundsIn(after), mixed: roundsIn(mixed) }).toEqual({
    beside: 1,
    after: 3,
    mixed: 3,
  });
});

test("R42 no chain of calls is longer than what the bench counts as rounds", () => {
  const calls = fc.array(
    fc.tuple(fc.nat(30), fc.integer({ min: 1, max: 10 })).map(([at, length]) => call(at, at + length)),
    { maxLength: 9 },
  );
  fc.assert(
    fc.property(calls, (all) => {
      expect(roundsIn(all)).toBe(longestChain(all));
    }),
  );
});

/** Tries each call as the next one. */
function longestChain(calls: ReturnType<typeof call>[], free = 0): number {
  const next = calls.filter(({ startedAt }) => startedAt >= free);
  return Math.max(0, ...next.map(({ endedAt }) => 1 + longestChain(next, endedAt)));
}

test("R42 a figure over its present limit fails the bench, one over its aim is reported", () => {
  const budget = { now: 5, aim: 4 };
  expect([4, 5, 6].map((value) => judge(value, budget))).toEqual([
    { text: "≤ 5 ok, aim ≤ 4 ok", isOver: false },
    { text: "≤ 5 ok, aim ≤ 4 OVER", isOver: false },
    { text: "≤ 5 OVER, aim ≤ 4 OVER", isOver: true },
  ]);
  expect(judge(0.2, { aim: 0.35 }, "≥")).toEqual({ text: "aim ≥ 0.35 OVER", isOver: false });
  expect(judge(1, { now: 0, aim: 0 })).toEqual({ text: "≤ 0 OVER", isOver: true });
  expect({ isOver: judge(Number.NaN, budget).isOver }).toEqual({ isOver: false });
});

test("R42 the bench's client waits for the whole answer, chunked or not", () => {
  const plain = 'HTTP/1.1 200 OK\r\nETag: "0x1"\r\nContent-Length: 5\r\n\r\nhello';
  const chunked =
    "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n";
  const empty = "HTTP/1.1 204 No Content\r\nserver: any\r\n\r\n";
  expect([plain, chunked, empty].map(parsed)).toEqual([
    { status: 200, etag: '"0x1"', body: "hello" },
    { status: 201, etag: undefined, body: "hello" },
    { status: 204, etag: undefined, body: "" },
  ]);
  for (const whole of [plain, chunked, empty])
    for (let length = 0; length < whole.length; length++)
      expect({ length, answer: parsed(whole.slice(0, length)) }).toEqual({ length, answer: undefined });
});

function parsed(text: string) {
  const answer = parseAnswer(Buffer.from(text));
  return answer && { ...answer, body: answer.body.toString() };
}

test("R42 the bench deals units out to all clients, each once and in order", () => {
  const units = ["a", "b", "c", "d", "e"].map((name) => ({ name, chain: [] }));
  const names = dealt(units, 2).map((lane) => lane.map(({ name }) => name).join(""));
  expect(names).toEqual(["ace", "bd"]);
});
