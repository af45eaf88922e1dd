/** Proven accounts, which devices hold credentials for them, and that a revoked device gets none. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DeviceBoundAccount } from "../../../lib/domain/account.ts";
import { later, SECOND } from "../../../lib/domain/clock.ts";
import {
  ProvenAccount,
  provenAccountFor,
  withoutDevice,
  withProvenAccount,
} from "../../../lib/domain/credentials/proven-account.ts";
import { Failure } from "../../../lib/domain/failure.ts";
import type { OwnerRecord } from "../../../lib/domain/owner/owner-record.ts";
import { aBound, aBoundWork, aDeviceId, aRecord, now } from "../builders.ts";
import { holds } from "../holds.ts";
import { refusalOf } from "../refusals.ts";

const [phone, tablet] = [aDeviceId("phone"), aDeviceId("tablet")];
const account = aBound();
const bound = withProvenAccount(aRecord(), { account, device: phone, subject: "anna" }, now);
const someAccounts = (count: number) =>
  Array.from({ length: count }, (_, index) => aBound({ userName: `${index}` }));
const allBound = (accounts: DeviceBoundAccount[]): OwnerRecord =>
  accounts.reduce(
    (record, each) => withProvenAccount(record, { account: each, device: phone }, now),
    aRecord(),
  );

describe("R15 R25 proven accounts", () => {
  it("R15 remembers the account, its sign-in's subject, the time and the device", () => {
    expect(provenAccountFor(aRecord(), account)).toBeUndefined();
    expect(bound.bindings).toEqual([{ account, subject: "anna", boundAt: now, devices: [phone] }]);
    expect(ProvenAccount.parse(JSON.parse(JSON.stringify(bound.bindings[0])))).toEqual(bound.bindings[0]);
  });

  it("R15 another device joins it: time and subject stay, none is listed twice", () => {
    const time = later(now, SECOND);
    const both = withProvenAccount(bound, { account, device: tablet }, time);
    expect(both.bindings).toEqual([{ account, subject: "anna", boundAt: now, devices: [phone, tablet] }]);
    expect(withProvenAccount(both, { account, device: phone }, time)).toEqual(both);
  });

  it("R15 a push credential is remembered for good, even if devices get codes later", () => {
    const pushed = withProvenAccount(bound, { account, device: phone, usesPush: true }, now);
    const since = withProvenAccount(pushed, { account, device: tablet }, now);
    expect(provenAccountFor(since, account)).toMatchObject({ usesPush: true, devices: [phone, tablet] });
    expect(ProvenAccount.parse(JSON.parse(JSON.stringify(since.bindings[0])))).toEqual(since.bindings[0]);
  });

  it("R15 is found by its whole name only, however its letters are composed", () => {
    const record = withProvenAccount(
      aRecord(),
      { account: aBound({ userName: "Zoe\u0308" }), device: phone },
      now,
    );
    expect(provenAccountFor(record, aBound({ userName: "Zo\u00eb" }))).toBeDefined();
    const work = withProvenAccount(aRecord(), { account: aBoundWork(), device: phone }, now);
    const { issuer, userName } = aBoundWork();
    for (const other of [
      aBoundWork({ tenant: "other" }),
      aBoundWork({ userName: "" }),
      aBound({ issuer, userName }),
    ]) {
      expect(provenAccountFor(work, other)).toBeUndefined();
    }
  });

  it("R15 two hundred accounts at most; proving one again adds none", () => {
    const full = allBound(someAccounts(200));
    expect(refusalOf(() => withProvenAccount(full, { account: aBound(), device: phone }, now)).kind).toBe(
      "too-many-accounts",
    );
    const again = withProvenAccount(full, { account: aBound({ userName: "7" }), device: tablet }, now);
    expect(again.bindings).toHaveLength(200);
  });
});

describe("R17 a limit has a way out", () => {
  it("R17 of two hundred, the oldest without a device's credential makes room; one that ever used push comes last", () => {
    const old = (userName: string) => ({ account: aBound({ userName }), device: tablet });
    let record = allBound(someAccounts(198));
    record = withProvenAccount(record, { ...old("pushed"), usesPush: true }, later(now, -2 * SECOND));
    record = withProvenAccount(record, old("coded"), later(now, -SECOND));
    record = withoutDevice(record, tablet).record;
    const names = ({ bindings }: OwnerRecord) => bindings.map(({ account: { userName } }) => userName);
    record = withProvenAccount(record, { account: aBound({ userName: "201" }), device: phone }, now);
    expect(names(record)).toHaveLength(200);
    expect(names(record)).not.toContain("coded");
    record = withProvenAccount(record, { account: aBound({ userName: "202" }), device: phone }, now);
    expect(names(record)).not.toContain("pushed");
    const more = () =>
      withProvenAccount(record, { account: aBound({ userName: "203" }), device: phone }, now);
    expect(refusalOf(more).kind).toBe("too-many-accounts");
  });
});

describe("R17 R25 revoked devices", () => {
  it("R17 names every account that the device has a credential for, and no other", () => {
    const record = withProvenAccount(
      allBound(someAccounts(3)),
      { account: aBoundWork(), device: tablet },
      now,
    );
    const both = withProvenAccount(record, { account: aBound({ userName: "1" }), device: tablet }, now);
    expect(withoutDevice(both, tablet).accounts).toEqual([aBoundWork(), aBound({ userName: "1" })]);
    expect(withoutDevice(both, aDeviceId("stranger")).accounts).toEqual([]);
  });

  it("R17 R25 a revoked device gets no credential any more, for an account that it had or a new one", () => {
    const { record } = withoutDevice(bound, phone);
    for (const each of [account, aBoundWork()]) {
      expect(refusalOf(() => withProvenAccount(record, { account: each, device: phone }, now)).kind).toBe(
        "device-revoked",
      );
    }
    expect(() => withProvenAccount(record, { account, device: tablet }, now)).not.toThrow();
  });

  it("R32 revoking again names the same accounts, so that a cut-off revocation is completed", () => {
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

  it("R17 R25 in any order of proving and revoking, a revoked device never joins, and each account it joined is named", () => {
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
              record = withProvenAccount(record, asked, now);
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
