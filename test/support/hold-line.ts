/** Wraps an app's storage: the first matching call waits there until it is released. */
import { between } from "./between.ts";

export class HoldLine {
  readonly #isMeant: (call: string) => boolean;
  readonly #reached = Promise.withResolvers<void>();
  readonly #letGo = Promise.withResolvers<void>();
  #isMet = false;

  /** A call is described as `delete owner-keys/…`. */
  constructor(isMeant: (call: string) => boolean) {
    this.#isMeant = isMeant;
  }

  /** The call with this number, whatever it is. */
  static at(number: number): HoldLine {
    let calls = 0;
    return new HoldLine(() => {
      calls += 1;
      return calls === number;
    });
  }

  readonly through = between((call, run) => this.#pass(call, run));

  letGo(): void {
    this.#letGo.resolve();
  }

  /** True once the call waits; false if `work` ended without such a call. */
  async holds(work: Promise<unknown>): Promise<boolean> {
    return await Promise.race([this.#reached.promise.then(() => true), work.then(() => false)]);
  }

  async #pass<T>(name: string, call: () => Promise<T>): Promise<T> {
    if (!this.#isMet && this.#isMeant(name)) {
      this.#isMet = true;
      this.#reached.resolve();
      await this.#letGo.promise;
    }
    return await call();
  }
}
