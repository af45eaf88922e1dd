/** Recovery plans: which account comes back how, in which order. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Account, accountKey, type ExistingAccount, nameOf } from "../../../lib/domain/account.ts";
import { compareWith } from "../../../lib/domain/recovery/on-device.ts";
import { type Outcome, planRecovery } from "../../../lib/domain/recovery/plan.ts";
import { aBackup, anAccount, aPersonalAccount, aWorkAccount, onDevice } from "../../support/builders.ts";
import { holds } from "../holds.ts";
import { nowhere, planOf, scenes } from "../plan-scenes.ts";

describe("R11 R12 R15 R16 how each account comes back", () => {
  const any = "any" as const;
  type Row = {
    kind: Account["kind"];
    onDevice: boolean;
    samePlatform: boolean | typeof any;
    usesPush: boolean | typeof any;
    pushing: boolean | typeof any;
    bound: boolean | typeof any;
    outcome: Outcome["outcome"];
    reason: Outcome["reason"];
  };
  const row = (kind: Row["kind"], rest: Partial<Row> & Pick<Row, "outcome" | "reason">): Row => ({
    kind,
    onDevice: false,
    samePlatform: any,
    usesPush: any,
    pushing: any,
    bound: any,
    ...rest,
  });
  const keep = { onDevice: true, outcome: "keep", reason: "on-device" } as const;
  const stepUp = (reason: Outcome["reason"]) => ({ outcome: "step-up", reason }) as const;
  const here = { samePlatform: true };
  const onlyCodes = { usesPush: false, pushing: false };
  const table: Row[] = [
    row("third-party", keep),
    row("third-party", { outcome: "restore", reason: "in-backup" }),
    row("personal", keep),
    row("personal", { samePlatform: false, ...stepUp("other-platform") }),
    row("personal", { ...here, usesPush: true, ...stepUp("uses-push") }),
    row("personal", { ...here, usesPush: false, pushing: true, ...stepUp("uses-push") }),
    row("personal", { ...here, ...onlyCodes, bound: true, outcome: "restore", reason: "bound" }),
    row("personal", { ...here, ...onlyCodes, bound: false, ...stepUp("not-bound") }),
    row("work", keep),
    row("work", { samePlatform: false, ...stepUp("other-platform") }),
    row("work", { ...here, ...stepUp("work-account") }),
  ];
  const sides = [true, false];
  const cases = (["third-party", "personal", "work"] as const).flatMap((kind) =>
    sides.flatMap((onDevice) =>
      sides.flatMap((samePlatform) =>
        sides.flatMap((usesPush) =>
          sides.flatMap((pushing) =>
            sides.map((bound) => ({ kind, onDevice, samePlatform, usesPush, pushing, bound })),
          ),
        ),
      ),
    ),
  );
  const fits = (each: Row, one: (typeof cases)[number]) =>
    (["kind", "onDevice", "samePlatform", "usesPush", "pushing", "bound"] as const).every(
      (field) => each[field] === any || each[field] === one[field],
    );

  it.each(cases)(
    "R11 R12 R15 R16 $kind, on the device $onDevice, same platform $samePlatform, push $usesPush, known $pushing, bound $bound",
    (one) => {
      const rows = table.filter((each) => fits(each, one));
      expect(rows, "exactly one row of the table is for this").toHaveLength(1);
      const { kind, usesPush, samePlatform } = one;
      const account = {
        "third-party": anAccount(),
        personal: aPersonalAccount({ usesPush }),
        work: aWorkAccount({ usesPush }),
      }[kind];
      const other = anAccount();
      const existing = one.onDevice ? [onDevice(other), onDevice(account)] : [onDevice(other)];
      const [outcome, ...more] = planRecovery(aBackup([account]), {
        presence: compareWith([account], existing).presence,
        bound: new Set(one.bound ? [accountKey(account)] : [accountKey(other)]),
        pushing: new Set(one.pushing ? [accountKey(account)] : [accountKey(other)]),
        samePlatform,
      });
      const { outcome: expected, reason } = rows[0] ?? expect.fail();
      expect(more).toEqual([]);
      expect(outcome).toStrictEqual({
        outcome: expected,
        reason,
        account: expected === "keep" ? nameOf(account) : account,
      });
    },
  );
});

describe("R11 R13 R15 laws of plans", () => {
  it("R13 every account of the backup is in the plan, once and in its order, and no other", () => {
    holds(
      fc.property(scenes, (scene) => {
        const names = planOf(scene).map(({ account }) => accountKey(nameOf(account)));
        expect(names).toEqual(scene.backup.accounts.map(accountKey));
      }),
    );
  });

  it("R13 R15 only a third-party account comes back with a secret, exactly as backed up; every other by name", () => {
    holds(
      fc.property(scenes, (scene) => {
        for (const [index, { outcome, reason, account }] of planOf(scene).entries()) {
          if (reason === "in-backup" || reason === "same-name")
            expect(account).toStrictEqual(scene.backup.accounts[index]);
          else expect(account).not.toHaveProperty("otp");
          if (outcome === "keep") expect(account).toStrictEqual(nameOf(account));
        }
      }),
    );
  });

  it("R16 from the other platform no account gets a credential without step-up", () => {
    holds(
      fc.property(scenes, (scene) => {
        for (const { reason } of planOf({ ...scene, samePlatform: false })) expect(reason).not.toBe("bound");
      }),
    );
  });

  it("R11 a name is the same however its letters are composed; another kind or tenant is another account", () => {
    const backup = aBackup([
      anAccount({ issuer: "Caf\u00e9", userName: "u" }),
      aWorkAccount({ userName: "u", issuer: "i" }),
    ]);
    const existing: ExistingAccount[] = [
      { kind: "third-party", issuer: "Cafe\u0301", userName: "u" },
      { kind: "personal", issuer: "i", userName: "u" },
      { kind: "work", issuer: "i", userName: "u", tenant: "other" },
    ];
    const { presence, overlapping } = compareWith(backup.accounts, existing);
    const outcomes = planRecovery(backup, { ...nowhere, presence }).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(["keep", "step-up"]);
    expect(overlapping).toEqual([0]);
  });
});
