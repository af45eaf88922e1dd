/** Collects the measurements of each operation, by the name of its units. */
import type { Measured } from "./load.ts";
import { percentile, sum } from "./statistics.ts";

export class Figure {
  readonly times: number[] = [];
  readonly problems: string[] = [];
  /** Duration of its own blocks. */
  seconds = 0;
  cpuMs = 0;
  windowMs = 0;

  get p50(): number {
    return percentile(this.times, 0.5);
  }
  get p95(): number {
    return percentile(this.times, 0.95);
  }
  /** Without blocks of its own, assumes that its units ran one after another. */
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

  /** Ignores the time of failed units. */
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
