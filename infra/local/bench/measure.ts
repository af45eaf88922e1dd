/** Times operations side by side: each round runs all of them once, so that whatever slows the machine slows them all. */

/** Runs one whole operation, and answers how many milliseconds the measured part took. `turn`: of the round or the client. */
export type Sample = (turn: number) => Promise<number>;

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/**
 * The median milliseconds of each operation, by name; each round runs them in the order that they are given in. `inPairs`: the two
 * of each pair that follow each other change places in every second round, so that neither always comes after the other.
 */
export async function interleaved<N extends string>(
  operations: Record<N, Sample>,
  { rounds, warmUp, inPairs = false }: { rounds: number; warmUp: number; inPairs?: boolean },
): Promise<Record<N, number>> {
  const names = Object.keys(operations) as N[];
  const swapped = names.map((name, at) => names[at % 2 === 0 ? at + 1 : at - 1] ?? name);
  const times = new Map<N, number[]>(names.map((name) => [name, []]));
  for (let round = -warmUp; round < rounds; round++) {
    for (const name of inPairs && round % 2 !== 0 ? swapped : names) {
      const milliseconds = await operations[name](round + warmUp);
      if (round >= 0) times.get(name)?.push(milliseconds);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as Record<N, number>;
}

/** Milliseconds per operation with `clients` at it at once: blocks of each in turn, and the median block. */
export async function atOnce<N extends string>(
  operations: Record<N, Sample>,
  { clients, blocks, perBlock }: { clients: number; blocks: number; perBlock: number },
): Promise<Record<N, number>> {
  const names = Object.keys(operations) as N[];
  const times = new Map<N, number[]>(names.map((name) => [name, []]));
  for (let block = -1; block < blocks; block++) {
    for (const name of names) {
      const milliseconds = await timed(() => drain(operations[name], clients, perBlock));
      if (block >= 0) times.get(name)?.push(milliseconds / perBlock);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as Record<N, number>;
}

async function drain(operation: Sample, clients: number, total: number): Promise<void> {
  let left = total;
  const client = async (turn: number) => {
    while (left > 0) {
      left -= 1;
      await operation(turn);
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, turn) => client(turn)));
}

export const median = (values: number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
