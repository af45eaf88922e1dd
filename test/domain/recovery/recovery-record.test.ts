/** Records of recoveries: their ids, each account's state, whose they are and when they end. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accountKey, nameOf } from "../../../lib/domain/account.ts";
import { DAY, HOUR, later } from "../../../lib/domain/clock.ts";
import { Id } from "../../../lib/domain/id.ts";
import { planRecovery } from "../../../lib/domain/recovery/plan.ts";
import {
  ACCOUNT_STATES,
  accountStates,
  alarmId,
  endsAt,
  findRecovery,
  RecoveryRecord,
  recoveryId,
  requireAccountState,
  requireGoingOn,
  requireOwn,
  withSent,
} from "../../../lib/domain/recovery/record.ts";
import { aBackup, anAccount, aPersonalAccount, aWorkAccount } from "../../support/builders.ts";
import { aBound, aBoundWork, aCaller, aDeviceId, anOwnerId, aVersion, now } from "../builders.ts";
import { holds } from "../holds.ts";
import { memoryStores } from "../recovery-scene.ts";
import { refusalFrom, refusalOf } from "../refusals.ts";

const [personal, work] = [aBound(), aBoundWork()];
const aRecovery = (change: Partial<RecoveryRecord> = {}): RecoveryRecord => ({
  device: aDeviceId(),
  platform: "android",
  from: "android",
  version: aVersion(),
  request: "digest",
  createdAt: now,
  accounts: [
    { account: personal, state: "step-up" },
    { account: work, state: "step-up" },
  ],
  ...change,
});
const stored = (value = aRecovery()) => ({ value, etag: '"1"' });

describe("R32 a recovery's id", () => {
  const keys = fc.string({ unit: "binary", minLength: 1, maxLength: 40 });
  const devices = fc.constantFrom("one", "two", "three").map(aDeviceId);

  it("R32 the same for the same device and key, and for no other pair", () => {
    holds(
      fc.property(devices, keys, devices, keys, (device, key, otherDevice, otherKey) => {
        const [caller, other] = [aCaller({ device }), aCaller({ device: otherDevice })];
        const id = recoveryId(caller, key);
        expect(Id.parse(id)).toBe(recoveryId(aCaller({ device, proof: "another" }), key));
        expect(id === recoveryId(other, otherKey)).toBe(device === otherDevice && key === otherKey);
        expect(id === recoveryId(other, key)).toBe(device === otherDevice);
      }),
    );
  });

  it("R32 a new one every time without a key; an empty key gives one of its own", () => {
    const ids = Array.from({ length: 1000 }, () => recoveryId(aCaller(), undefined));
    expect(new Set(ids.map((id) => Id.parse(id))).size).toBe(1000);
    expect(recoveryId(aCaller(), "")).toBe(recoveryId(aCaller(), ""));
  });
});

describe("R18 its alarm's id", () => {
  it("R18 the same for an immediate repetition, another once its record must be gone", () => {
    const gone = endsAt(aRecovery());
    expect(alarmId("one", later(now, HOUR - 1))).toBe(alarmId("one", now));
    expect(alarmId("two", now)).not.toBe(alarmId("one", now));
    expect(alarmId("one", gone)).not.toBe(alarmId("one", now));
  });
});

describe("R12 R15 the states of its accounts", () => {
  it("R15 restored, credential sent, waiting or kept, by name alone and in order", () => {
    const [third, bound, kept] = [anAccount(), aPersonalAccount(), anAccount()];
    const [unbound, company] = [aPersonalAccount(), aWorkAccount()];
    const accounts = [third, bound, kept, unbound, company];
    const outcomes = planRecovery(aBackup(accounts), {
      presence: ["absent", "absent", "on-device"],
      bound: new Set([accountKey(bound)]),
      pushing: new Set(),
      samePlatform: true,
    });
    const states = ["restored", "credential-sent", "kept", "step-up", "step-up"];
    expect(accountStates(outcomes)).toStrictEqual(
      accounts.map((account, index) => ({ account: nameOf(account), state: states[index] })),
    );
    expect(JSON.stringify(accountStates(outcomes))).not.toContain("CANARY");
  });

  it("R20 several third-party accounts of one name don't get in the way", () => {
    const [one, two] = [anAccount({ ...personal, kind: "third-party" }), anAccount({ id: "two" })];
    const accounts = [one, one, two].map((account) => ({
      account: nameOf(account),
      state: "restored" as const,
    }));
    const recovery = aRecovery({ accounts: [...accounts, { account: personal, state: "step-up" }] });
    expect(() => requireAccountState(recovery, personal, ["step-up"])).not.toThrow();
    const next = withSent(recovery, personal);
    expect(next.accounts).toEqual([...accounts, { account: personal, state: "credential-sent" }]);
  });

  it("R20 only that account in an allowed state may continue; everything else is refused alike", () => {
    for (const state of ACCOUNT_STATES) {
      const recovery = aRecovery({ accounts: [{ account: personal, state }] });
      for (const wanted of ACCOUNT_STATES) {
        const check = () => requireAccountState(recovery, personal, [wanted]);
        if (wanted === state) expect(check).not.toThrow();
        else expect(refusalOf(check).kind).toBe("account-not-in-recovery");
      }
      for (const other of [work, aBound({ userName: "other" }), aBound({ issuer: "other" })]) {
        expect(refusalOf(() => requireAccountState(recovery, other, ACCOUNT_STATES)).kind).toBe(
          "account-not-in-recovery",
        );
      }
    }
    const composed = aRecovery({ accounts: [{ account: aBound({ userName: "\u00e9" }), state: "step-up" }] });
    expect(() => requireAccountState(composed, aBound({ userName: "e\u0301" }), ["step-up"])).not.toThrow();
  });

  it("R25 a sent credential is recorded for its account; one unknown to the service comes last", () => {
    const next = withSent(aRecovery(), personal);
    expect(next.accounts).toEqual([
      { account: personal, state: "credential-sent" },
      { account: work, state: "step-up" },
    ]);
    expect(withSent(next, personal)).toEqual(next);
    const named = aRecovery({ accounts: [{ account: { ...personal, id: "mine" }, state: "kept" }] });
    expect(withSent(named, personal).accounts).toEqual([
      { account: { ...personal, id: "mine" }, state: "credential-sent" },
    ]);
    const other = aBound({ userName: "other" });
    expect(withSent(aRecovery(), other).accounts).toEqual([
      ...aRecovery().accounts,
      { account: other, state: "credential-sent" },
    ]);
  });
});

describe("R20 whose it is and when it ends", () => {
  it("R20 R33 another device's recovery is refused like an unknown one", async () => {
    const other = aCaller({ device: aDeviceId("other") });
    expect(requireOwn(stored(), aCaller())).toEqual(stored());
    const { kind, message } = refusalOf(() => requireOwn(stored(), other));
    const none = await refusalFrom(() =>
      findRecovery(memoryStores().recoveries, anOwnerId(), undefined, "id"),
    );
    expect({ kind, message }).toEqual({ kind: none.kind, message: none.message });
  });

  it("R20 it ends after exactly a week", () => {
    expect(endsAt(aRecovery())).toEqual(later(now, 7 * DAY));
    for (const time of [now, later(now, 7 * DAY - 1)]) {
      expect(() => requireGoingOn(aRecovery(), time)).not.toThrow();
    }
    for (const time of [later(now, 7 * DAY), later(now, 8 * DAY)]) {
      expect(refusalOf(() => requireGoingOn(aRecovery(), time)).kind).toBe("recovery-ended");
    }
  });

  it("R39 round-trips through JSON, with members that a newer version added", () => {
    expect(RecoveryRecord.parse(JSON.parse(JSON.stringify(aRecovery())))).toEqual(aRecovery());
    const named = { ...personal, since: 2027 };
    const future = { ...aRecovery({ accounts: [{ account: named, state: "kept" }] }), batch: 1 };
    expect(RecoveryRecord.parse(JSON.parse(JSON.stringify(future)))).toEqual(future);
  });
});
