/** Wraps everything that an app uses: any one call can fail, before it is made or after it succeeded. */
import type { Outbox } from "../../lib/domain/messages/announcement.ts";
import type { WrappingKeys } from "../../lib/domain/sealing/seal.ts";
import type { SweepStore } from "../../lib/domain/sweeps/sweep.ts";
import { between, isReading } from "./between.ts";
import { storageSilent, vaultSilent } from "./silent.ts";

/**
 * `lost`: carried out, but the answer is lost; only writes are counted then. `of`: counts only such calls.
 */
export type Break = { how: "refused" | "lost"; at: number; of?: RegExp };
type Passing = { writes: boolean; failure: () => Error };

export class FaultLine {
  /** Since `arm`: all calls, and the writes that got through. */
  calls = 0;
  written = 0;
  /** The call that was to fail has come. */
  met = false;
  #break: Break | undefined;
  #counted = 0;
  readonly #stays: boolean;

  /** `stays`: once broken, all further calls fail, too, as if the process had died there. */
  constructor({ stays = false }: { stays?: boolean } = {}) {
    this.#stays = stays;
  }

  arm(order: Break | undefined): void {
    [this.calls, this.written, this.#counted, this.met] = [0, 0, 0, false];
    this.#break = order;
  }

  readonly through = between((call, run) => this.#pass(call, isReading(call) ? READ : WRITE, run));

  readonly keys = (keys: WrappingKeys): WrappingKeys => ({
    current: (owner) => this.#pass("current", VAULT, () => keys.current(owner)),
    unwrap: (...wrapped) => this.#pass("unwrap", VAULT, () => keys.unwrap(...wrapped)),
    findNewest: () => this.#pass("findNewest", VAULT, () => keys.findNewest()),
    isCurrent: (id) => keys.isCurrent(id),
  });

  readonly outbox = (outbox: Outbox): Outbox => ({
    put: (...item) => this.#pass("put", WRITE, () => outbox.put(...item)),
  });

  readonly sweepStore = (store: SweepStore): SweepStore => ({
    ...store,
    next: (message) => this.#pass("next", WRITE, () => store.next(message)),
  });

  /** Anything else that an app reads or changes. */
  readonly asked = <T>(call: () => Promise<T>): Promise<T> => this.#pass("asked", READ, call);
  readonly changed = <T>(call: () => Promise<T>): Promise<T> => this.#pass("changed", WRITE, call);

  async #pass<T>(name: string, { writes, failure }: Passing, run: () => Promise<T>): Promise<T> {
    this.calls += 1;
    if (this.#stays && this.met) throw failure();
    const how = this.#meets(name, writes);
    if (how === "refused") throw failure();
    const answer = await run();
    if (writes) this.written += 1;
    if (how === "lost") throw failure();
    return answer;
  }

  #meets(name: string, writes: boolean): Break["how"] | undefined {
    const { how, at, of } = this.#break ?? {};
    if (how === undefined || (how === "lost" && !writes) || (of && !of.test(name))) return undefined;
    this.#counted += 1;
    if (this.#counted !== at) return undefined;
    this.met = true;
    return how;
  }
}

const READ: Passing = { writes: false, failure: storageSilent };
const WRITE: Passing = { writes: true, failure: storageSilent };
const VAULT: Passing = { writes: false, failure: vaultSilent };
