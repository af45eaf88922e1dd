/** Counts running invocations, so that a shutdown can wait for them. */
import { EventEmitter, once } from "node:events";

export class Running {
  #count = 0;
  readonly #events = new EventEmitter();

  /** @returns what to call once, when the invocation has ended */
  begin(): () => void {
    this.#count += 1;
    return () => {
      this.#count -= 1;
      if (this.#count === 0) this.#events.emit("idle");
    };
  }

  async idle(): Promise<void> {
    if (this.#count > 0) await once(this.#events, "idle");
  }
}
