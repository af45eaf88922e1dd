/** The people of a measurement, and their phones' next requests. All sign up through another instance. */
import type { Stack } from "../../local/stack.ts";
import { dealt, type LoadClient, type Unit } from "./load.ts";
import type { Operation } from "./operations.ts";
import type { Owner, Where } from "./owners.ts";
import { type Prover, providerToken } from "./provers.ts";
import type { Side } from "./side.ts";
import { newOwners, ownersWith, provers, withHelper } from "./sign-up.ts";

/**
 * Visitors ask and plan, losers recover on a new device; both have one upload. Enough for each recovery at one
 * and at sixteen clients, and each first call, to be an owner's first.
 */
const VISITORS = 150;
const LOSERS = 780;
/** Owners whose codes are checked. */
const PROVERS = 196;
/** Owners with a whole history; they upload, and check staleness. */
const REGULARS = 64;
const UPLOADS = 9;
/** For preparation only. */
const AT_ONCE = 8;

type People = { regulars: Owner[]; visitors: Owner[]; losers: Owner[]; provers: Prover[]; token: string };

export class Cast {
  readonly #side: Side;
  readonly #where: Where;
  readonly #document: string;
  readonly #people: People;
  readonly #turns = new Map<Operation, number>();

  static async of(
    { stack, load, document }: { stack: Stack; load: LoadClient; document: string },
    side: Side,
  ): Promise<Cast> {
    const { api, issuer } = stack.addresses;
    const { appFolder } = side;
    const people = await withHelper({ ...stack, appFolder }, async (instance): Promise<People> => {
      const where = { api, issuer, instance };
      return {
        regulars: await ownersWith(UPLOADS, { load, where, document, count: REGULARS }),
        visitors: await ownersWith(1, { load, where, document, count: VISITORS }),
        losers: await ownersWith(1, { load, where, document, count: LOSERS }),
        provers: await provers(PROVERS, where),
        token: await providerToken(issuer, "Codes.Verify"),
      };
    });
    const { regulars, visitors, losers, provers: all } = people;
    for (const each of [...regulars, ...visitors, ...losers, ...all]) each.moveTo(side.api);
    return new Cast(side, { api, issuer, instance: side.api }, document, people);
  }

  private constructor(side: Side, where: Where, document: string, people: People) {
    this.#side = side;
    this.#where = where;
    this.#document = document;
    this.#people = people;
  }

  /**
   * The operation's next unit, from its next person. `turn`: that person's number, to share it with another
   * operation.
   */
  async unit(operation: Operation, turn = this.#next(operation)): Promise<Unit> {
    const name = `${this.#side.name} ${operation}`;
    const { regulars, visitors, losers, token } = this.#people;
    switch (operation) {
      case "upload":
        return at(regulars, turn).upload(this.#document, name);
      case "first upload":
        return at(await newOwners(1, this.#where), 0).firstUpload(this.#document, name);
      case "staleness":
        return at(regulars, turn).staleness(name);
      case "staleness, first call":
        return at(visitors, turn).staleness(name);
      case "plan":
        return at(visitors, turn).plan(name);
      case "quiet read":
        return at(regulars, turn).quietRead(name);
      case "recovery":
        return at(losers, turn).recovery({}, name);
      // The other half of the people, so that both kinds are an owner's first recovery.
      case "recovery with Idempotency-Key":
        return at(losers, turn + Math.floor(losers.length / 2)).recoveryWithKey(name);
      case "code check":
        return this.#prover().codeCheck(token, name);
    }
  }

  /** Units for `clients` clients with their own people, and the calls that first warm the key caches. */
  async lanes(operation: Operation, { clients, each }: { clients: number; each: number }) {
    const isRegulars = operation === "upload" || operation === "staleness";
    const lanes: Unit[][] = [];
    const warmUp: Unit[][] = operation === "code check" ? dealt(this.proversCalls(), AT_ONCE) : [];
    for (let lane = 0; lane < clients; lane++) {
      const turn = isRegulars ? this.#next("upload") : undefined;
      const units: Unit[] = [];
      for (let count = 0; count < each; count++) units.push(await this.unit(operation, turn));
      lanes.push(units);
      if (turn !== undefined) warmUp.push([at(this.#people.regulars, turn).staleness()]);
    }
    return { lanes, warmUp };
  }

  /** Brings the provers' keys into the cache. */
  proversCalls(): Unit[] {
    return this.#people.provers.map((prover) => prover.staleness());
  }

  /** Each reader's first quiet read of the day, which starts the count. */
  readersCalls(): Unit[] {
    return this.#people.regulars.map((regular) => regular.quietRead());
  }

  #next(operation: Operation): number {
    const turn = this.#turns.get(operation) ?? 0;
    this.#turns.set(operation, turn + 1);
    return turn;
  }

  /** The next prover with a code left; waiting would make the codes prepared before too old. */
  #prover(): Prover {
    const { provers } = this.#people;
    const turn = this.#next("code check");
    const after = provers.findIndex((_, skipped) => at(provers, turn + skipped).hasCode());
    if (after < 0) throw new RangeError("nobody has a code left");
    return at(provers, turn + after);
  }
}

export function at<T>(people: readonly T[], turn: number): T {
  const each = people[turn % people.length];
  if (each === undefined) throw new RangeError("nobody is there");
  return each;
}
