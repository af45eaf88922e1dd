/** Prints measured figures as tables, and remembers whether all present budgets were met. */
import { cpus } from "node:os";
import { type Budget, judge } from "./budgets.ts";
import type { Figures } from "./figures.ts";

type Verdict = { bound?: "≤" | "≥"; isOurs?: boolean };

export class Report {
  over = false;

  heading(text: string): void {
    console.log(`\n${text}`);
  }

  note(text: string): void {
    console.log(`  ${text}`);
  }

  /** The first of each operation. */
  problems(figures: Figures): void {
    for (const [name, { problems }] of figures.all)
      if (problems[0] !== undefined) this.note(`${name}: ${problems[0]}`);
  }

  /** The verdict on a figure's budget; for another checkout's figure it is only shown. */
  verdict(value: number, budget: Budget | undefined, { bound = "≤", isOurs = true }: Verdict = {}): string {
    const { text, isOver } = judge(value, budget, bound);
    this.over ||= isOver && isOurs;
    return text;
  }

  /** Aligns names left, figures right, and notes at the end left. */
  table(columns: readonly string[], rows: readonly (readonly string[])[], { text = 1 } = {}): void {
    const all = [columns, ...rows];
    const widths = columns.map((_, at) => Math.max(...all.map((row) => row[at]?.length ?? 0)));
    const isText = (at: number) => at === 0 || at >= columns.length - text;
    for (const row of all) {
      const cells = columns.map((_, at) => {
        const [cell, width] = [row[at] ?? "", widths[at] ?? 0];
        return isText(at) ? cell.padEnd(width) : cell.padStart(width);
      });
      console.log(`  ${cells.join("  ")}`.trimEnd());
    }
  }
}

export const milliseconds = (value: number) => `${value.toFixed(2)} ms`;

export const machine = () => `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "?"}`;
