/** Tells the story: one line per step, with its time and a mark for success. */
import { styleText } from "node:util";
import type { Reply } from "../../local/phone.ts";

export class Story {
  wrong = 0;

  chapter(title: string): void {
    console.log(`\n${styleText("bold", title)}`);
  }

  /**
   * Runs a step and shows its result beside it. A step that throws is reported, counted and ends the story.
   */
  async step<T>(text: string, work: () => Promise<T>, show: (result: T) => string = () => ""): Promise<T> {
    const startedAt = performance.now();
    try {
      const result = await work();
      this.#tell(styleText("green", "✓"), text, performance.now() - startedAt, show(result));
      return result;
    } catch (error) {
      this.wrong += 1;
      this.#tell(styleText("red", "✗"), text, performance.now() - startedAt, "");
      throw error;
    }
  }

  /** Something that must hold. */
  check(text: string, holds: boolean, shown = ""): void {
    if (!holds) this.wrong += 1;
    this.#tell(holds ? styleText("green", "✓") : styleText("red", "✗"), text, undefined, shown);
  }

  #tell(mark: string, text: string, milliseconds: number | undefined, shown: string): void {
    const time = milliseconds === undefined ? "" : `${milliseconds.toFixed(0)} ms`;
    console.log(
      `  ${mark} ${text.padEnd(62)} ${styleText("dim", time.padStart(7))}  ${styleText("cyan", shown)}`,
    );
  }
}

/** @throws naming the problem if the reply has another status */
export async function expectStatus(asked: Promise<Reply>, status: number): Promise<Reply> {
  const reply = await asked;
  if (reply.status === status) return reply;
  throw new Error(`answered ${reply.status} instead of ${status}: ${JSON.stringify(reply.body)}`);
}
