/** Stands between an app and all that it uses: any one call can be made to fail, before it gets there or after it was carried out. */
import type { Blobs } from "../../lib/azure/blobs.ts";
import type { Outbox } from "../../lib/domain/announcement.ts";
import type { WrappingKeys } from "../../lib/domain/envelope.ts";
import { Failure } from "../../lib/domain/failure.ts";
import type { SweepStore } from "../../lib/domain/sweep.ts";

/** `lost`: carried out, and the answer gets lost; only writes are counted then. */
export type Break = { how: "refused" | "lost"; at: number };
type Passing = { writes: boolean; failure: () => Error };

export class FaultLine {
  /** Since `arm`: all calls, and the writes that got through. */
  calls = 0;
  written = 0;
  /** The call that was to fail has come. */
  met = false;
  #break: Break | undefined;
  #writes = 0;
  readonly #stays: boolean;

  /** `stays`: once broken, all further calls fail, too: as if the process had died there. */
  constructor({ stays = false }: { stays?: boolean } = {}) {
    this.#stays = stays;
  }

  arm(order: Break | undefined): void {
    [this.calls, this.written, this.#writes, this.met] = [0, 0, 0, false];
    this.#break = order;
  }

  readonly through = (blobs: Blobs): Blobs => ({
    read: (name) => this.#pass(READ, () => blobs.read(name)),
    readStart: (name, bytes) => this.#pass(READ, () => blobs.readStart(name, bytes)),
    readFrom: (name, offset) => this.#pass(READ, () => blobs.readFrom(name, offset)),
    list: (prefix, page) => this.#pass(READ, () => blobs.list(prefix, page)),
    write: (...write) => this.#pass(WRITE, () => blobs.write(...write)),
    append: (...append) => this.#pass(WRITE, () => blobs.append(...append)),
    countUpTo: (...append) => this.#pass(WRITE, () => blobs.countUpTo(...append)),
    writeMetadata: (...write) => this.#pass(WRITE, () => blobs.writeMetadata(...write)),
    delete: (...of) => this.#pass(WRITE, () => blobs.delete(...of)),
  });

  readonly keys = (keys: WrappingKeys): WrappingKeys => ({
    current: (owner) => this.#pass(VAULT, () => keys.current(owner)),
    unwrap: (...wrapped) => this.#pass(VAULT, () => keys.unwrap(...wrapped)),
    findNewest: () => this.#pass(VAULT, () => keys.findNewest()),
    isCurrent: (id) => keys.isCurrent(id),
  });

  readonly outbox = (outbox: Outbox): Outbox => ({
    put: (...item) => this.#pass(WRITE, () => outbox.put(...item)),
  });

  readonly sweepStore = (store: SweepStore): SweepStore => ({
    ...store,
    next: (message) => this.#pass(WRITE, () => store.next(message)),
  });

  /** Anything else that an app asks for, or changes. */
  readonly asked = <T>(call: () => Promise<T>): Promise<T> => this.#pass(READ, call);
  readonly changed = <T>(call: () => Promise<T>): Promise<T> => this.#pass(WRITE, call);

  async #pass<T>({ writes, failure }: Passing, call: () => Promise<T>): Promise<T> {
    this.calls += 1;
    if (writes) this.#writes += 1;
    if (this.#stays && this.met) throw failure();
    const count = this.#break?.how === "lost" ? this.#writes : this.calls;
    const isMeant = count === this.#break?.at && (writes || this.#break.how === "refused");
    if (isMeant) this.met = true;
    if (isMeant && this.#break?.how === "refused") throw failure();
    const answer = await call();
    if (writes) this.written += 1;
    if (isMeant) throw failure();
    return answer;
  }
}

const storageSilent = () =>
  new Failure("storage-unavailable", "The storage does not answer.", { retryAfterSeconds: 5 });
const vaultSilent = () =>
  new Failure("vault-unavailable", "The key vault does not answer.", { retryAfterSeconds: 10 });

const READ: Passing = { writes: false, failure: storageSilent };
const WRITE: Passing = { writes: true, failure: storageSilent };
const VAULT: Passing = { writes: false, failure: vaultSilent };
