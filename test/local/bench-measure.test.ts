/** In which order the benchmark runs operations: some need what others left behind, and none may profit from its place. */
import { expect, test } from "vitest";
import { interleaved } from "../../infra/local/bench/measure.ts";

async function orderOf(names: string[], options: { inPairs?: boolean }): Promise<string[]> {
  const rounds: string[] = [];
  const noting = (name: string) => (turn: number) => {
    rounds[turn] = `${rounds[turn] ?? ""}${name}`;
    return Promise.resolve(0);
  };
  const operations = Object.fromEntries(names.map((name) => [name, noting(name)]));
  await interleaved(operations, { rounds: 3, warmUp: 1, ...options });
  return rounds;
}

test("R42 the bench runs operations in the order that they are given in, in every round", async () => {
  expect(await orderOf(["a", "b", "c"], {})).toEqual(["abc", "abc", "abc", "abc"]);
});

test("R42 the bench lets the two of a pair change places, and leaves the pairs where they are", async () => {
  const order = await orderOf(["a", "A", "b", "B"], { inPairs: true });
  expect(order).toEqual(["AaBb", "aAbB", "AaBb", "aAbB"]);
});
