/** The send budget: a country never gets more messages in a day than allowed, however many ask at once. */
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { blobSendBudget } from "../../../lib/azure/stores/blob-send-budget.ts";
import { DAY, later } from "../../../lib/domain/clock.ts";
import { now } from "../../domain/builders.ts";
import { times } from "../contracts.ts";
import { type OwnContainer, ownContainer } from "../targets.ts";

let storage: OwnContainer;
beforeAll(async () => {
  storage = await ownContainer();
});
afterAll(() => storage.close());

/** A calling code that nobody has counted for. */
let codes = 1000;
const aCallingCode = () => String(codes++);
const aBudget = (limits: [string, number][]) => blobSendBudget(storage.blobs, new Map(limits));
const granted = (taken: boolean[]) => taken.filter(Boolean).length;

it.each([0, 1, 10])(
  "R24 of fifty that ask at once, on ten instances, exactly %d get through",
  async (most) => {
    const code = aCallingCode();
    const budgets = times(10, () => aBudget([[code, most]]));
    const taken = await Promise.all(
      times(50, (at) => budgets[at % 10]?.take("codes", code, now) ?? expect.fail()),
    );
    const another = await aBudget([[code, most]]).take("codes", code, now);
    expect({ granted: granted(taken), another }).toEqual({ granted: most, another: false });
  },
);

it("R24 under more requests than it can count, it grants only those that it counts", async () => {
  const code = aCallingCode();
  const taken = await Promise.all(times(50, () => aBudget([[code, 1000]]).take("codes", code, now)));
  expect(granted(taken)).toBeGreaterThan(0);
  const takeWhere = (most: number) => aBudget([[code, most]]).take("codes", code, now);
  expect({
    atTheLimit: await takeWhere(granted(taken)),
    belowIt: await takeWhere(granted(taken) + 1),
  }).toEqual({ atTheLimit: false, belowIt: true });
});

it("R24 in whatever order countries ask, one after the other, each gets its own share and no more", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat({ max: 2 }), { maxLength: 12 }),
      fc.nat({ max: 4 }),
      async (asking, most) => {
        const countries = [aCallingCode(), aCallingCode(), aCallingCode()];
        const budget = aBudget([
          [countries[0] ?? "", most],
          ["*", 2],
        ]);
        const counts = [0, 0, 0];
        for (const which of asking) {
          const limit = which === 0 ? most : 2;
          const mayPass = (counts[which] ?? 0) < limit;
          const passed = await budget.take("codes", countries[which] ?? "", now);
          expect({ which, passed }).toEqual({ which, passed: mayPass });
          if (mayPass) counts[which] = (counts[which] ?? 0) + 1;
        }
      },
    ),
    { numRuns: 15 },
  );
});

it("R24 begins anew with each day, UTC", async () => {
  const code = aCallingCode();
  const budget = aBudget([[code, 1]]);
  const midnight = new Date("2026-05-05T00:00:00.000Z");
  const takeAt = (time: Date) => budget.take("codes", code, time);
  expect({
    first: await takeAt(later(midnight, -1)),
    second: await takeAt(later(midnight, -1)),
    atMidnight: await takeAt(midnight),
    atItsEnd: await takeAt(later(midnight, DAY - 1)),
  }).toEqual({ first: true, second: false, atMidnight: true, atItsEnd: false });
});

it("R24 alarms have a budget of their own: even when it is used up, codes still go out", async () => {
  const code = aCallingCode();
  const budget = aBudget([[code, 1]]);
  expect({
    alarm: await budget.take("alarms", code, now),
    another: await budget.take("alarms", code, now),
    code: await budget.take("codes", code, now),
  }).toEqual({ alarm: true, another: false, code: true });
});

it("R24 sends nothing to a country without a limit if there is no limit for all others", async () => {
  expect({
    unlisted: await aBudget([["46", 10]]).take("codes", aCallingCode(), now),
    noneListed: await aBudget([]).take("codes", "46", now),
  }).toEqual({ unlisted: false, noneListed: false });
});

it("R24 refuses if it can't count: a malformed counter, or other writers who always come first", async () => {
  const code = aCallingCode();
  const name = `budgets/${now.toISOString().slice(0, 10)}/codes/${code}`;
  await storage.blobs.write(name, { content: Buffer.from("many") }, undefined);
  const crowded = { ...storage.blobs, write: async () => undefined };
  expect({
    noCounter: await aBudget([[code, 10]]).take("codes", code, now),
    crowded: await blobSendBudget(crowded, new Map([["*", 10]])).take("codes", aCallingCode(), now),
  }).toEqual({ noCounter: false, crowded: false });
});

it("R34 stores a number per country and day, and nothing of a person", async () => {
  const code = aCallingCode();
  await aBudget([[code, 10]]).take("codes", code, now);
  const stored = await storage.blobs.read(`budgets/2026-05-04/codes/${code}`);
  expect({ content: stored?.content.toString(), metadata: stored?.metadata }).toEqual({
    content: expect.stringMatching(/^1 [\w-]{22}$/),
    metadata: {},
  });
});
