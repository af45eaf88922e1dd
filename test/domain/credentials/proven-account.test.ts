/** Bindings: which accounts are proven, which devices hold a credential for them, and that a revoked one gets none. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BoundAccount } from "../../../lib/domain/account.ts";
import { later, SECOND } from "../../../lib/domain/clock.ts";
import {
  Binding,
  bindingFor,
  withBinding,
  withoutDevice,
} from "../../../lib/domain/credentials/proven-account.ts";
import { Failure } from "../../../lib/domain/failure.ts";
import type { OwnerRecord } from "../../../lib/domain/owner/owner-record.ts";
import { aBound, aBoundWork, aDeviceId, aRecord, now } from "../builders.ts";
import { holds } from "../holds.ts";
import { refusalOf } from "../refusals.ts";

const [phone, tablet] = [aDeviceId("phone"), aDeviceId("tablet")];
const account = aBound();
const bound = withBinding(aRecord(), { account, device: phone, subject: "anna" }, now);
const someAccounts = (count: number) =>
  Array.from({ length: count }, (_, index) => aBound({ userName: `${index}` }));
const allBound = (accounts: BoundAccount[]): OwnerRecord =>
  accounts.reduce((record, each) => withBinding(record, { account: each, device: phone }, now), aRecord());

describe("R15 R25 proven accounts", () => {
  it("R15 remembers the account, who its sign-in was, when, and the device", () => {
    expect(bindingFor(aRecord(), account)).toBeUndefined();
    expect(bound.bindings).toEqual([{ account, subject: "anna", boundAt: now, devices: [phone] }]);
    expect(Binding.parse(JSON.parse(JSON.stringify(bound.bindings[0])))).toEqual(bound.bindings[0]);
  });

  it("R15 another device joins it: time and subject stay, none is listed twice", () => {
    const time = later(now, SECOND);
    const both = withBinding(bound, { account, device: tablet }, time);
    expect(both.bindings).toEqual([{ account, subject: "anna", boundAt: now, devices: [phone, tablet] }]);
    expect(withBinding(both, { account, device: phone }, time)).toEqual(both);
  });

  it("R15 a push credential is remembered for good, whoever gets a code after it", () => {
    const pushed = withBinding(bound, { account, device: phone, usesPush: true }, now);
    const since = withBinding(pushed, { account, device: tablet }, now);
    expect(bindingFor(since, account)).toMatchObject({ usesPush: true, devices: [phone, tablet] });
    expect(Binding.parse(JSON.parse(JSON.stringify(since.bindings[0])))).toEqual(since.bindings[0]);
  });

  it("R15 is found by name however its letters are composed, and by nothing less than the whole name", () => {
    const record = withBinding(aRecord(), { account: aBound({ userName: "Zoe\u0308" }), device: phone }, now);
    expect(bindingFor(record, aBound({ userName: "Zo\u00eb" }))).toBeDefined();
    const work = withBinding(aRecord(), { account: aBoundWork(), device: phone }, now);
    const { issuer, userName } = aBoundWork();
    for (const other of [
      aBoundWork({ tenant: "other" }),
      aBoundWork({ userName: "" }),
      aBound({ issuer, userName }),
    ]) {
      expect(bindingFor(work, other)).toBeUndefined();
    }
  });

  it("R15 two hundred accounts at most; one that is bound is no new one", () => {
    const full = allBound(someAccounts(200));
    expect(refusalOf(() => withBinding(full, { account: aBound(), device: phone }, now)).kind).toBe(
      "too-many-accounts",
    );
    const again = withBinding(full, { account: aBound({ userName: "7" }), device: tablet }, now);
    expect(again.bindings).toHaveLength(200);
  });
});

describe("R17 a limit has a way out", () => {
  it("R17 of two hundred, the oldest that no device has anything for makes room; one that ever used push comes last", () => {
    const old = (userName: string) => ({ account: aBound({ userName }), device: tablet });
    let record = allBound(someAccounts(198));
    record = withBinding(record, { ...old("pushed"), usesPush: true }, later(now, -2 * SECOND));
    record = withBinding(record, old("coded"), later(now, -SECOND));
    record = withoutDevice(record, tablet).record;
    const names = ({ bindings }: OwnerRecord) => bindings.map(({ account: { userName } }) => userName);
    record = withBinding(record, { account: aBound({ userName: "201" }), device: phone }, now);
    expect(names(record)).toHaveLength(200);
    expect(names(record)).not.toContain("coded");
    record = withBinding(record, { account: aBound({ userName: "202" }), device: phone }, now);
    expect(names(record)).not.toContain("pushed");
    const more = () => withBinding(record, { account: aBound({ userName: "203" }), device: phone }, now);
    expect(refusalOf(more).kind).toBe("too-many-accounts");
  });
});

describe("R17 R25 revoked devices", () => {
  it("R17 names every account that the device has something for, and no other", () => {
    const record = withBinding(allBound(someAccounts(3)), { account: aBoundWork(), device: tablet }, now);
    const both = withBinding(record, { account: aBound({ userName: "1" }), device: tablet }, now);
    expect(withoutDevice(both, tablet).accounts).toEqual([aBoundWork(), aBound({ userName: "1" })]);
    expect(withoutDevice(both, aDeviceId("stranger")).accounts).toEqual([]);
  });

  it("R17 R25 a revoked device gets nothing any more, for an account that it had or a new one", () => {
    const { record } = withoutDevice(bound, phone);
    for (const each of [account, aBoundWork()]) {
      expect(refusalOf(() => withBinding(record, { account: each, device: phone }, now)).kind).toBe(
        "device-revoked",
      );
    }
    expect(() => withBinding(record, { account, device: tablet }, now)).not.toThrow();
  });

  it("R32 revoking again names the same accounts, so that what was cut off is completed", () => {
    const { accounts, record } = withoutDevice(bound, phone);
    expect(withoutDevice(record, phone)).toEqual({ accounts, record });
  });

  it("R17 the latest two hundred are remembered", () => {
    const record = Array.from({ length: 250 }, (_, index) => aDeviceId(`${index}`)).reduce(
      (held, device) => withoutDevice(held, device).record,
      aRecord(),
    );
    expect(record.endedDevices).toHaveLength(200);
    expect(record.endedDevices).toContain(aDeviceId("50"));
    expect(record.endedDevices).not.toContain(aDeviceId("49"));
  });

  it("R17 R25 in any order of binding and revoking: a revoked one never joins, and each is named where it did", () => {
    const step = fc.tuple(fc.boolean(), fc.nat({ max: 3 }), fc.nat({ max: 3 }));
    holds(
      fc.property(fc.array(step, { maxLength: 30, size: "max" }), (steps) => {
        let record = aRecord();
        const [joined, revoked] = [new Set<string>(), new Set<number>()];
        for (const [isBinding, device, which] of steps) {
          const id = aDeviceId(`${device}`);
          try {
            const asked = { account: aBound({ userName: `${which}` }), device: id };
            if (isBinding) {
              record = withBinding(record, asked, now);
              expect({ isRevoked: revoked.has(device) }).toEqual({ isRevoked: false });
              joined.add(`${device} ${which}`);
            } else {
              const { accounts, record: next } = withoutDevice(record, id);
              const names = accounts.map(({ userName }) => `${device} ${userName}`).toSorted();
              expect(names).toEqual([...joined].filter((each) => each.startsWith(`${device} `)).toSorted());
              revoked.add(device);
              record = next;
            }
          } catch (error) {
            if (!(error instanceof Failure)) throw error;
            expect({ kind: error.kind, was: revoked.has(device) }).toEqual({
              kind: "device-revoked",
              was: true,
            });
          }
        }
      }),
      300,
    );
  });
});
