/** Prints measured figures beside their budgets, and remembers whether all were kept. */
import { cpus } from "node:os";

/** `most`: of those that have a budget. */
export type Counts = { name: string; counts: Record<string, number>; most: Record<string, number> };
export type Row = { name: string; value: string; ratio?: number; budget?: number; note: string };

export class Report {
  over = false;

  heading(text: string): void {
    console.log(`\n${text}`);
  }

  row({ name, value, ratio, budget, note }: Row): void {
    const isOver = ratio !== undefined && budget !== undefined && ratio > budget;
    this.over ||= isOver;
    const shown = ratio === undefined ? "" : `${ratio.toFixed(2)} ×`;
    const limit = budget === undefined ? "" : `≤ ${budget} ${isOver ? "OVER" : "ok"}`;
    console.log(
      `  ${name.padEnd(34)}${value.padStart(10)}  ${shown.padStart(8)}  ${limit.padEnd(12)} ${note}`,
    );
  }

  counts({ name, counts, most }: Counts): void {
    const told = Object.entries(counts).map(([what, count]) => {
      const isOver = count > (most[what] ?? Number.POSITIVE_INFINITY);
      this.over ||= isOver;
      const limit = most[what] === undefined ? "" : ` (≤ ${most[what]}${isOver ? " OVER" : ""})`;
      return `${count} ${what}${limit}`;
    });
    console.log(`  ${name.padEnd(34)}${told.join(", ")}`);
  }
}

export const milliseconds = (value: number) => `${value.toFixed(2)} ms`;

export const machine = () => `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "?"}`;
