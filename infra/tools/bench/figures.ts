/** What was measured of each operation, by the name of its units. */
import type { Measured } from "./load.ts";
import { percentile, sum } from "./statistics.ts";

export class Figure {
  readonly times: number[] = [];
  readonly problems: string[] = [];
  /** Of the blocks that it had for itself. */
  seconds = 0;
  cpuMs = 0;
  windowMs = 0;

  get p50(): number {
    return percentile(this.times, 0.5);
  }
  get p95(): number {
    return percentile(this.times, 0.95);
  }
  /** Without blocks of its own, as if one had followed the other. */
  get perSecond(): number {
    return this.times.length / (this.seconds || sum(this.times) / 1000);
  }
  get cpuEach(): number {
    return this.cpuMs / this.times.length;
  }
}

export class Figures {
  readonly #byName = new Map<string, Figure>();

  of(name: string): Figure {
    const figure = this.#byName.get(name) ?? new Figure();
    this.#byName.set(name, figure);
    return figure;
  }

  /** The time of what failed is none. */
  add(units: readonly Measured[]): void {
    for (const { name, milliseconds, problem } of units) {
      const { times, problems } = this.of(name);
      if (problem === undefined) times.push(milliseconds);
      else problems.push(problem);
    }
  }

  get all(): [string, Figure][] {
    return [...this.#byName];
  }
}
