/** Who is told of a device's actions, who may end it, and how a thief's contact changes are undone. */
import { describe, expect, it } from "vitest";
import { DAY, HOUR, later } from "../../../lib/domain/clock.ts";
import {
  addresseesIn,
  type Contact,
  undoContactsOf,
  withContact,
  withoutContact,
} from "../../../lib/domain/contacts/contact.ts";
import type { OwnerRecord } from "../../../lib/domain/owner/owner-record.ts";
import { aContact, aDeviceId, anId, aRecord, now } from "../builders.ts";

const after = (hours: number) => later(now, hours * HOUR);
const fine = () => undefined;
const removal = (time: Date, registeredAt = now) => ({
  by: { id: aDeviceId(), registeredAt },
  coolingOffHours: 72,
  now: time,
});
const old = aContact({ id: anId("old"), address: "old@mail.example" });
const fresh = aContact({ id: anId("fresh"), address: "fresh@mail.example", verifiedAt: now });

describe("R18 R19 who is told, and who gets the link", () => {
  const hourBefore = later(now, -HOUR);
  const to = ({ channel, address, language }: Contact) => ({ channel, address, language });
  const told = (record: OwnerRecord, registeredAt: Date, time = now) =>
    addresseesIn(record, { registeredAt }, time);

  it("R18 the link that ends a device goes only to contacts confirmed before the device came", () => {
    const record = aRecord({ contacts: [old, fresh] });
    expect(told(record, hourBefore)).toEqual([{ ...to(old), link: true }, to(fresh)]);
    expect(told(record, now)).toEqual([{ ...to(old), link: true }, to(fresh)]);
    expect(told(record, after(1))).toEqual([
      { ...to(old), link: true },
      { ...to(fresh), link: true },
    ]);
    expect(addresseesIn(record, undefined, now)).toEqual([to(old), to(fresh)]);
  });

  it("R19 a removed contact is told until its time is over, with the link if a newer device removed it", () => {
    const record = aRecord({ contacts: [old, fresh] });
    const robbed = withoutContact(record, old.id, removal(now, hourBefore), fine);
    expect(told(robbed, hourBefore)).toEqual([to(fresh), { ...to(old), link: true }]);
    expect(told(robbed, hourBefore, after(71))).toHaveLength(2);
    expect(told(robbed, hourBefore, after(72))).toEqual([to(fresh)]);
    const byOlder = withoutContact(record, old.id, removal(now, later(now, -400 * DAY)), fine);
    expect(told(byOlder, hourBefore)).toEqual([to(fresh), to(old)]);
  });

  it("R19 an address that was removed and added again is told once", () => {
    const removed = withoutContact(aRecord({ contacts: [old] }), old.id, removal(now, hourBefore), fine);
    const again = { ...fresh, address: old.address };
    expect(told(withContact(removed, again).record, hourBefore)).toEqual([{ ...to(old), link: true }]);
  });

  it("R18 undoing a device removes its contacts and restores those it removed, as long as they are remembered", () => {
    const thief = aDeviceId("thief");
    const theirs = aContact({
      id: anId("theirs"),
      address: "thief@mail.example",
      addedBy: thief,
      verifiedAt: now,
    });
    const by = { ...removal(now, hourBefore), by: { id: thief, registeredAt: hourBefore } };
    const robbed = withoutContact(aRecord({ contacts: [old, fresh, theirs] }), old.id, by, fine);
    const own = withoutContact(robbed, fresh.id, removal(now, hourBefore), fine);
    expect(own.contacts).toEqual([theirs]);
    const undone = undoContactsOf(own, thief, 72, after(1));
    expect(undone.contacts).toEqual([old]);
    expect(undone.removedContacts.map(({ id }) => id)).toEqual([fresh.id]);
    expect(undoContactsOf(undone, thief, 72, after(1))).toEqual(undone);
    expect(undoContactsOf(own, thief, 72, after(73)).contacts).toEqual([theirs]);
    expect(undoContactsOf(own, aDeviceId("other"), 72, now)).toEqual(own);
  });
});
