/** Which challenges are open: the newest thirty codes and ten tickets, one for each target, none that has ended. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Challenge, withChallenge } from "../../../lib/domain/challenges/challenge.ts";
import { later, SECOND } from "../../../lib/domain/clock.ts";
import type { OwnerRecord } from "../../../lib/domain/owner/owner-record.ts";
import { aBound, aBoundWork, aChallenge, aContactChallenge, anId, aRecord, now } from "../builders.ts";
import { holds } from "../holds.ts";

const after = (seconds: number) => later(now, seconds * SECOND);
const challenge = aChallenge();
const open = aRecord({ challenges: [challenge] });
const idsOf = ({ challenges }: OwnerRecord) => challenges.map(({ id }) => id);

describe("R24 what is open", () => {
  it("R24 a challenge for the same target replaces the former, one for another is added", () => {
    const [same, account, recovery, contact, otherContact] = [
      aChallenge({ id: anId("same") }),
      aChallenge({ id: anId("account"), account: aBound({ userName: "other" }) }),
      aChallenge({ id: anId("recovery"), recovery: anId("other") }),
      aContactChallenge({ id: anId("contact") }),
      aContactChallenge({ id: anId("other contact"), contact: anId("other") }),
    ];
    expect(idsOf(withChallenge(open, same, now))).toEqual([same.id]);
    for (const other of [account, recovery, contact, otherContact]) {
      expect(idsOf(withChallenge(open, other, now))).toEqual([other.id, challenge.id]);
    }
    const confirming = withChallenge(aRecord(), contact, now);
    expect(idsOf(withChallenge(confirming, aContactChallenge({ id: anId("again") }), now))).toEqual([
      anId("again"),
    ]);
  });

  it("R24 an account is the same target by code and by ticket, however its letters are composed", () => {
    const composed = aChallenge({ account: aBound({ userName: "Andr\u00e9" }) });
    const decomposed = aChallenge({ id: anId("new"), account: aBound({ userName: "Andre\u0301" }) });
    expect(idsOf(withChallenge(aRecord({ challenges: [composed] }), decomposed, now))).toEqual([anId("new")]);
    const { subject: _, codeHash: __, ...shared } = challenge;
    const ticket: Challenge = { ...shared, id: anId("ticket"), kind: "ticket" };
    expect(idsOf(withChallenge(open, ticket, now))).toEqual([ticket.id]);
  });

  it("R24 the newest thirty codes stay, the newest ten tickets beside them, and no ended one", () => {
    const challenges = Array.from({ length: 34 }, (_, index) =>
      aChallenge({ id: anId(`${index}`), recovery: anId(`${index}`) }),
    );
    const all = challenges.reduce((record, each) => withChallenge(record, each, now), aRecord());
    expect(idsOf(all)).toEqual(
      challenges
        .map(({ id }) => id)
        .toReversed()
        .slice(0, 30),
    );
    const tickets = Array.from({ length: 14 }, (_, index) => {
      const { subject, recovery, account, purpose, device, createdAt, attempts } = aChallenge();
      const shared = { purpose, recovery, device, createdAt, attempts, subject };
      const id = anId(`ticket ${index}`);
      return { ...shared, id, kind: "ticket" as const, account: { ...account, userName: `${index}` } };
    });
    const both = tickets.reduce((record, each) => withChallenge(record, each, now), all);
    expect(idsOf(both)).toEqual([
      ...tickets
        .map(({ id }) => id)
        .toReversed()
        .slice(0, 10),
      ...idsOf(all),
    ]);
    const dead = aChallenge({ id: anId("dead"), recovery: anId("dead"), attempts: 5 });
    const late = aChallenge({ id: anId("late"), recovery: anId("late"), createdAt: after(600) });
    const mixed = aRecord({ challenges: [dead, challenge] });
    expect(idsOf(withChallenge(mixed, late, after(599)))).toEqual([late.id, challenge.id]);
    expect(idsOf(withChallenge(mixed, late, after(600)))).toEqual([late.id]);
  });

  it("R24 never more than thirty, never two for one target, always the newest first", () => {
    const step = fc.record({
      target: fc.integer({ min: 0, max: 40 }),
      seconds: fc.integer({ min: 0, max: 400 }),
    });
    holds(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let [record, time] = [aRecord(), now];
        for (const [index, { target, seconds }] of steps.entries()) {
          time = later(time, seconds * SECOND);
          const next = aChallenge({ id: anId(`${index}`), recovery: anId(`${target}`), createdAt: time });
          record = withChallenge(record, next, time);
          const targets = record.challenges.map((each) => each.kind === "code" && each.recovery);
          expect(record.challenges[0]).toEqual(next);
          expect(record.challenges.length).toBeLessThanOrEqual(30);
          expect(new Set(targets).size).toBe(targets.length);
        }
      }),
    );
  });

  it("R24 round-trips through JSON, with members that a newer instance added", () => {
    const { subject: _, codeHash: __, ...shared } = challenge;
    const ticket: Challenge = { ...shared, kind: "ticket", account: aBoundWork() };
    for (const each of [challenge, aContactChallenge(), ticket]) {
      expect(Challenge.parse(JSON.parse(JSON.stringify(each)))).toEqual(each);
      expect(Challenge.parse({ ...each, more: 1 })).toEqual({ ...each, more: 1 });
    }
  });
});
