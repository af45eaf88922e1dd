/** F36 a former bundle and the present one on one storage, as during a deployment: they act like one. */
import * as fc from "fast-check";
import { describe, expect, inject, it } from "vitest";
import { formerBundles, startFormer } from "../support/former.ts";
import {
  aLife,
  end,
  type Outcome,
  REFUSING,
  type Route,
  STEPS,
  type Step,
  take,
} from "../support/former-life.ts";

const LIVES = 20;
const STEPS_A_LIFE = 50;

const aStep = fc.record(
  { step: fc.constantFrom(...STEPS), by: fc.nat({ max: 1 }), at: fc.nat({ max: 1 }) },
  { noNullPrototype: true },
);
const someSteps = fc.array(aStep, { minLength: STEPS_A_LIFE, maxLength: STEPS_A_LIFE });

/** From an owner's beginning to their end. */
async function live(hosts: Route["hosts"], steps: Step[]): Promise<Outcome[]> {
  const route = { hosts, at: 1 };
  const past = await aLife(route);
  const outcomes: Outcome[] = [];
  for (const step of steps) outcomes.push(await take(past, step));
  return [...outcomes, ...(await end(past, steps[0]?.at ?? 0))];
}

const statusOf = ({ reply }: Outcome): number => Object(reply).status;
const isUnreadable = (outcome: Outcome) => /unreadable/.test(JSON.stringify(outcome));

describe.each(await formerBundles())("F36 the bundle %s beside the present one", (name) => {
  it(`F36 ${LIVES * STEPS_A_LIFE} mixed calls: each is answered as with a single host, and nothing is unreadable`, async () => {
    const { api } = inject("surroundings");
    const former = await startFormer(name);
    const answered = new Map<string, Set<number>>();
    const bothLives = fc.asyncProperty(someSteps, async (steps) => {
      const [single, mixed] = [await live([api, api], steps), await live([api, former.url], steps)];
      for (const outcome of mixed)
        answered.set(outcome.step, (answered.get(outcome.step) ?? new Set()).add(statusOf(outcome)));
      expect(mixed).toEqual(single);
      expect(mixed.filter(({ wrong }) => wrong !== undefined)).toEqual([]);
      expect(mixed.filter(isUnreadable)).toEqual([]);
    });
    try {
      await fc.assert(bothLives, { numRuns: LIVES, endOnFailure: true });
    } finally {
      await former.close();
    }
    const neverDone = [...answered].filter(([, statuses]) => ![...statuses].some((each) => each < 300));
    const refused = [...REFUSING, "erased, there", "erased, elsewhere"];
    expect(new Set(neverDone.map(([step]) => step))).toEqual(new Set(refused));
  });
});
