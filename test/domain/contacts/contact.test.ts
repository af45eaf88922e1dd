/** Contacts: when two are the same, which may prove an account, and how little of one is shown. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HOUR, later } from "../../../lib/domain/clock.ts";
import {
  type Contact,
  masked,
  recipientsIn,
  requireContact,
  requireUsable,
  verifiedContacts,
  withContact,
  withoutContact,
  withVerified,
} from "../../../lib/domain/contacts/contact.ts";
import { Failure } from "../../../lib/domain/failure.ts";
import type { OwnerRecord } from "../../../lib/domain/owner/owner-record.ts";
import { aContact, aDeviceId, anId, aRecord, now } from "../builders.ts";
import { holds } from "../holds.ts";
import { refusalOf } from "../refusals.ts";

const COOLING_OFF = 72;
const after = (hours: number) => later(now, hours * HOUR);
const fine = () => undefined;
const stale = () => {
  throw new Failure("sign-in-too-old", "Sign in again.");
};
const unconfirmed = (change: Partial<Contact> = {}): Contact => {
  const { verifiedAt: _, ...contact } = aContact(change);
  return contact;
};
const someContacts = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    aContact({ id: anId(`${index}`), address: `${index}@mail.example` }),
  );

const removal = (time: Date, registeredAt = now) => ({
  by: { id: aDeviceId(), registeredAt },
  coolingOffHours: COOLING_OFF,
  now: time,
});

const old = aContact({ id: anId("old"), address: "old@mail.example" });
const fresh = aContact({ id: anId("fresh"), address: "fresh@mail.example", verifiedAt: now });
const usable = (record: OwnerRecord, { id }: Contact, time: Date) =>
  requireUsable(record, id, COOLING_OFF, time);

describe("R19 adding", () => {
  it("R19 the same address is the same contact, whoever adds it again, and whenever", () => {
    const record = aRecord({ contacts: [old] });
    const again = withContact(record, { ...fresh, address: old.address });
    expect(again).toEqual({ contact: old, record });
  });

  it("R19 another address or channel is another contact, and counts for nothing until it is confirmed", () => {
    const offered = [unconfirmed({ address: "+46701234567" }), unconfirmed({ channel: "phone" })];
    for (const each of offered) {
      const { contact, record } = withContact(aRecord({ contacts: [aContact()] }), each);
      expect({ contact, contacts: record.contacts }).toEqual({ contact: each, contacts: [aContact(), each] });
      expect(verifiedContacts(record)).toEqual([aContact()]);
    }
  });

  it("R19 refuses an eleventh, and still recognizes the ten", () => {
    const full = aRecord({ contacts: someContacts(10) });
    expect(withContact(aRecord({ contacts: someContacts(9) }), fresh).record.contacts).toHaveLength(10);
    expect(refusalOf(() => withContact(full, fresh)).kind).toBe("too-many-contacts");
    expect(withContact(full, aContact({ address: "9@mail.example" })).record).toEqual(full);
  });

  it("R19 letters go to confirmed contacts, each in its language, and show only the channel", () => {
    const contacts = [unconfirmed(), { ...old, language: "sv" as const }];
    expect(recipientsIn(aRecord({ contacts }), now)).toEqual([
      { channel: "email", address: "old@mail.example", language: "sv" },
    ]);
  });
});

describe("R19 confirming and removing", () => {
  it("R19 a contact is confirmed once: the first time counts", () => {
    const record = withVerified(
      aRecord({ contacts: [old, unconfirmed()] }),
      anId("contact"),
      { id: aDeviceId() },
      now,
    );
    expect(record.contacts).toEqual([old, aContact({ verifiedAt: now, addedBy: aDeviceId() })]);
    expect(withVerified(record, anId("contact"), { id: aDeviceId("other") }, after(1))).toEqual(record);
  });

  it("R19 refuses an unknown contact, alike in every step", () => {
    const record = aRecord({ contacts: [old] });
    const steps = [
      () => requireContact(record, anId("gone")),
      () => withVerified(record, anId("gone"), { id: aDeviceId() }, now),
      () => withoutContact(record, anId("gone"), removal(now), fine),
      () => requireUsable(record, anId("gone"), COOLING_OFF, now),
    ];
    for (const step of steps) expect(refusalOf(step).kind).toBe("contact-not-found");
  });

  it("R19 the last confirmed one is removed only after a fresh sign-in, any other without", () => {
    const last = aRecord({ contacts: [old, unconfirmed()] });
    expect(refusalOf(() => withoutContact(last, old.id, removal(now), stale)).kind).toBe("sign-in-too-old");
    expect(withoutContact(last, old.id, removal(now), fine).contacts).toEqual([unconfirmed()]);
    expect(withoutContact(last, anId("contact"), removal(now), stale).contacts).toEqual([old]);
    expect(withoutContact(aRecord({ contacts: [old, fresh] }), old.id, removal(now), stale).contacts).toEqual(
      [fresh],
    );
  });

  it("R19 remembers when a confirmed contact was removed, and only that", () => {
    const record = aRecord({ contacts: [old, unconfirmed()] });
    expect(withoutContact(record, anId("contact"), removal(now), fine).contactRemovedAt).toBeUndefined();
    expect(withoutContact(record, old.id, removal(now), fine).contactRemovedAt).toEqual(now);
  });
});

describe("R19 cooling-off", () => {
  it("R19 an unconfirmed contact is never usable", () => {
    const { kind, details } = refusalOf(() =>
      usable(aRecord({ contacts: [unconfirmed()] }), unconfirmed(), now),
    );
    expect({ kind, details }).toEqual({ kind: "contact-unusable", details: {} });
  });

  it("R19 the only contact is usable at once, and so is the oldest of several", () => {
    expect(usable(aRecord({ contacts: [fresh] }), fresh, now)).toEqual(fresh);
    expect(usable(aRecord({ contacts: [old, fresh] }), old, now)).toEqual(old);
  });

  it("R19 a new one beside an older one waits to the second, and is told how long", () => {
    const record = aRecord({ contacts: [fresh, old] });
    for (const [hours, seconds] of [
      [0, 259_200],
      [71, 3600],
      [72 - 1 / 3600, 1],
    ] as const) {
      const { kind, details } = refusalOf(() => usable(record, fresh, after(hours)));
      expect({ kind, details }).toEqual({ kind: "contact-unusable", details: { usableInSeconds: seconds } });
    }
    expect(usable(record, fresh, after(72))).toEqual(fresh);
  });

  it("R19 an older one that isn't confirmed makes nobody wait", () => {
    expect(usable(aRecord({ contacts: [unconfirmed(), fresh] }), fresh, now)).toEqual(fresh);
  });

  it("R19 removing the older one, before or after, doesn't make the new one usable", () => {
    const before = withoutContact(aRecord({ contacts: [old] }), old.id, removal(after(-71)), fine);
    const added = withContact(before, fresh).record;
    expect(refusalOf(() => usable(added, fresh, now)).kind).toBe("contact-unusable");
    expect(usable(added, fresh, after(1))).toEqual(fresh);
    const removed = withoutContact(aRecord({ contacts: [old, fresh] }), old.id, removal(after(1)), fine);
    expect(refusalOf(() => usable(removed, fresh, after(71))).kind).toBe("contact-unusable");
    expect(usable(removed, fresh, after(72))).toEqual(fresh);
  });

  it("R19 a contact added beside an older one is never usable early, whatever else happens", () => {
    const step = fc.record({
      what: fc.constantFrom("add", "confirm", "remove"),
      which: fc.integer({ min: 0, max: 3 }),
      hours: fc.integer({ min: 1, max: 40 }),
    });
    holds(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        let [record, time] = [aRecord(), now];
        const waiting = new Set<string>();
        for (const [index, { what, which, hours }] of steps.entries()) {
          const address = `${which}@mail.example`;
          const held = record.contacts.find((each) => each.address === address);
          if (what === "add") {
            record = withContact(
              record,
              unconfirmed({ id: anId(`${index}`), address, addedAt: time }),
            ).record;
          }
          if (what === "confirm" && held && !held.verifiedAt) {
            if (verifiedContacts(record).length > 0) waiting.add(held.id);
            record = withVerified(record, held.id, { id: aDeviceId() }, time);
          }
          if (what === "remove" && held) record = withoutContact(record, held.id, removal(time), fine);
          time = later(time, hours * HOUR);
          for (const { id, verifiedAt } of verifiedContacts(record)) {
            const isOver = later(verifiedAt, COOLING_OFF * HOUR) <= time;
            const check = () => requireUsable(record, id, COOLING_OFF, time);
            if (isOver) expect(check).not.toThrow();
            else if (waiting.has(id)) expect(refusalOf(check).kind).toBe("contact-unusable");
          }
        }
      }),
      500,
    );
  });
});

describe("R34 masking", () => {
  const email = fc.emailAddress();
  const phone = fc.stringMatching(/^\+[1-9][0-9]{7,14}$/);
  const mask = (channel: "email" | "phone", address: string) => masked({ channel, address, language: "en" });

  it.each([
    ["email", "anna@mail.example", "a•••@m•••.example"],
    ["email", "a@b.co.uk", "a•••@b•••.uk"],
    ["phone", "+46701234567", "+46•••••••67"],
    ["phone", "+12025550123", "+12•••••••23"],
  ] as const)("R34 %s %s is shown as %s", (channel, address, shown) => {
    expect(mask(channel, address)).toBe(shown);
  });

  it("R34 of an e-mail address only the first letters and the top domain are shown", () => {
    holds(
      fc.property(email, fc.stringMatching(/^[a-z]{0,20}$/), (address, any) => {
        const [name = "", domain = ""] = address.split("@");
        const top = domain.slice(domain.lastIndexOf("."));
        const other = `${name.slice(0, 1)}${any}@${domain.slice(0, 1)}${any}${top}`;
        expect(mask("email", other)).toBe(mask("email", address));
        expect(mask("email", address)).not.toContain(address);
        if (name.length > 1) expect(mask("email", address).split("@")[0]).not.toContain(name);
      }),
    );
  });

  it("R34 of a number only the first two and the last two digits are shown", () => {
    holds(
      fc.property(phone, fc.stringMatching(/^[0-9]{11}$/), (address, any) => {
        const middle = address.slice(3, -2);
        const other = `${address.slice(0, 3)}${any.slice(0, middle.length)}${address.slice(-2)}`;
        expect(mask("phone", other)).toBe(mask("phone", address));
        expect(mask("phone", address)).toHaveLength(address.length);
        expect(mask("phone", address)).not.toContain(middle);
      }),
    );
  });
});
