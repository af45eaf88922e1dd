/** Send limits: how many codes an address and an owner get, and when the next one may be sent. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY, HOUR, later, SECOND } from "../../../lib/domain/clock.ts";
import { withContact, withoutContact } from "../../../lib/domain/contacts/contact.ts";
import { withSend } from "../../../lib/domain/contacts/send-limits.ts";
import { Failure } from "../../../lib/domain/failure.ts";
import type { OwnerRecord } from "../../../lib/domain/owner/owner-record.ts";
import { aContact, aDeviceId, aRecord, now } from "../builders.ts";
import { holds } from "../holds.ts";
import { refusalOf } from "../refusals.ts";

const address = "anna@mail.example";
const after = (seconds: number) => later(now, seconds * SECOND);

/** The record after codes to these addresses at these seconds. */
const sentAt = (seconds: number[], to = (_: number) => address): OwnerRecord =>
  seconds.reduce((record, second, index) => withSend(record, to(index), after(second)), aRecord());
const everyHour = (count: number) => Array.from({ length: count }, (_, index) => index * 3600);
const refused = (record: OwnerRecord, seconds: number, to = address) => {
  const { kind, details } = refusalOf(() => withSend(record, to, after(seconds)));
  expect(kind).toBe("too-many-messages");
  return details.retryAfterSeconds;
};

describe("R24 F28 how many codes are sent", () => {
  it("R24 three an hour to one address; the fourth waits until the first is an hour old", () => {
    const record = sentAt([0, 10, 20]);
    expect(refused(record, 20)).toBe(3580);
    expect(refused(record, 3599)).toBe(1);
    expect(withSend(record, address, after(3600)).sent).toHaveLength(4);
  });

  it("R24 ten a day to one address; the eleventh waits until the first is a day old", () => {
    const record = sentAt(everyHour(10));
    expect(refused(record, 36_000)).toBe(50_400);
    expect(refused(record, 86_399)).toBe(1);
    expect(withSend(record, address, after(86_400)).sent).toHaveLength(10);
  });

  it("R24 thirty a day to all addresses of an owner", () => {
    const record = sentAt(
      Array.from({ length: 30 }, (_, index) => index),
      (index) => `${index % 10}@mail.example`,
    );
    expect(refused(record, 4000, "another@mail.example")).toBe(82_400);
    expect(refused(record, 86_399, "another@mail.example")).toBe(1);
    expect(withSend(record, "another@mail.example", after(86_400)).sent).toHaveLength(30);
  });

  it("R24 another address has its own hour and day", () => {
    expect(withSend(sentAt([0, 10, 20]), "other@mail.example", after(20)).sent).toHaveLength(4);
  });

  it("R24 of several waits, the longest is given", () => {
    const record = sentAt([...everyHour(8).slice(1), 30_000, 30_001, 30_002]);
    expect(refused(record, 30_002)).toBe(3600 + 86_400 - 30_002);
  });

  it("R24 removing a contact and adding it again doesn't reset the count", () => {
    const offered = aContact({ address });
    const record = withContact(sentAt([0, 10, 20]), offered).record;
    const by = { id: aDeviceId(), registeredAt: now };
    const removal = { by, coolingOffHours: 72, now: after(30) };
    const removed = withoutContact(record, offered.id, removal, () => undefined);
    expect(refused(withContact(removed, offered).record, 40)).toBe(3560);
  });

  it("R34 stores no address, and nothing for longer than a day", () => {
    const record = sentAt([0, 10, 20]);
    expect(JSON.stringify(record)).not.toContain("anna");
    expect(withSend(record, address, after(86_405)).sent.map(({ at }) => at)).toEqual([
      after(86_405),
      after(20),
      after(10),
    ]);
  });

  it("R24 laws: no window ever holds more than its limit, a refusal is never needless and its wait exact", () => {
    const step = fc.record({
      to: fc.constantFrom("a", "b", "c", "d"),
      passes: fc.oneof(fc.integer({ min: 0, max: 60_000 }), fc.integer({ min: 0, max: 3 * HOUR })),
    });
    holds(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        let [record, time] = [aRecord(), now];
        const sent: { to: string; at: Date }[] = [];
        const since = (milliseconds: number, to?: string) =>
          sent.filter((each) => later(each.at, milliseconds) > time && (to === undefined || each.to === to))
            .length;
        for (const { to, passes } of steps) {
          time = later(time, passes);
          const mayBeSent = since(HOUR, to) < 3 && since(DAY, to) < 10 && since(DAY) < 30;
          try {
            record = withSend(record, to, time);
            sent.push({ to, at: time });
            expect({ mayBeSent }).toEqual({ mayBeSent: true });
          } catch (error) {
            if (!(error instanceof Failure)) throw error;
            expect({ mayBeSent }).toEqual({ mayBeSent: false });
            const wait = error.details.retryAfterSeconds ?? 0;
            const [tooSoon, then] = [later(time, (wait - 1) * SECOND), later(time, wait * SECOND)];
            expect(refusalOf(() => withSend(record, to, tooSoon)).kind).toBe("too-many-messages");
            expect(() => withSend(record, to, then)).not.toThrow();
          }
        }
      }),
      300,
    );
  });
});
