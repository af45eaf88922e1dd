/** Recovery plans: which account comes back how, in which order, and what one plan is told from another by. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Account, type AccountName, identityOf, nameOf } from "../../lib/domain/account.ts";
import type { BackupDocument } from "../../lib/domain/backup-document.ts";
import {
  type Circumstances,
  type Outcome,
  overlapOf,
  planId,
  planRecovery,
  refuseOverlap,
} from "../../lib/domain/recovery-plan.ts";
import { aBackup, anAccount, aPersonalAccount, aWorkAccount } from "../support/builders.ts";
import { document } from "./arbitraries.ts";
import { anId } from "./builders.ts";
import { holds } from "./holds.ts";
import { refusalOf } from "./refusals.ts";

const nowhere: Circumstances = { existing: [], bound: new Set(), pushing: new Set(), samePlatform: true };

/** A document, some of its accounts on the device, some bound, names that it doesn't hold, either platform. */
const scenes = fc
  .record({
    backup: document,
    onDevice: fc.array(fc.boolean()),
    proven: fc.array(fc.boolean()),
    pushed: fc.array(fc.boolean()),
    others: fc.array(fc.uuid(), { maxLength: 3 }),
    samePlatform: fc.boolean(),
  })
  .map(({ backup, onDevice, proven, pushed, others, samePlatform }) => {
    const strangers = others.map((userName): AccountName => ({ kind: "personal", issuer: "none", userName }));
    const shared = backup.accounts.filter((_, index) => onDevice[index]).map(nameOf);
    const bound = new Set(backup.accounts.filter((_, index) => proven[index]).map(identityOf));
    const pushing = new Set(backup.accounts.filter((_, index) => pushed[index]).map(identityOf));
    return { backup, shared, strangers, bound, pushing, samePlatform };
  });
type Scene = Pick<Circumstances, "bound" | "pushing" | "samePlatform"> & {
  backup: BackupDocument;
  shared: AccountName[];
  strangers: AccountName[];
};
const planOf = ({ backup, shared, strangers, ...known }: Scene) =>
  planRecovery(backup, { existing: [...strangers, ...shared], ...known });

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
    ...{ kind, onDevice: false, samePlatform: any, usesPush: any, pushing: any, bound: any },
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
      const [outcome, ...more] = planRecovery(aBackup([account]), {
        existing: one.onDevice ? [nameOf(other), nameOf(account)] : [nameOf(other)],
        bound: new Set(one.bound ? [identityOf(account)] : [identityOf(other)]),
        pushing: new Set(one.pushing ? [identityOf(account)] : [identityOf(other)]),
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
        const names = planOf(scene).map(({ account }) => identityOf(account));
        expect(names).toEqual(scene.backup.accounts.map(identityOf));
      }),
    );
  });

  it("R13 R15 only a third-party account comes back with a secret, exactly as backed up; every other by name", () => {
    holds(
      fc.property(scenes, (scene) => {
        for (const [index, { outcome, reason, account }] of planOf(scene).entries()) {
          if (reason === "in-backup") expect(account).toStrictEqual(scene.backup.accounts[index]);
          else expect(account).not.toHaveProperty("otp");
          if (outcome === "keep") expect(account).toStrictEqual(nameOf(account));
        }
      }),
    );
  });

  it("R11 what is on the device is kept, and nothing else", () => {
    holds(
      fc.property(scenes, (scene) => {
        const onDevice = new Set(scene.shared.map(identityOf));
        for (const { outcome, account } of planOf(scene)) {
          expect(outcome === "keep").toBe(onDevice.has(identityOf(account)));
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
    const existing: AccountName[] = [
      { kind: "third-party", issuer: "Cafe\u0301", userName: "u" },
      { kind: "personal", issuer: "i", userName: "u" },
      { kind: "work", issuer: "i", userName: "u", tenant: "other" },
    ];
    const outcomes = planRecovery(backup, { ...nowhere, existing }).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(["keep", "step-up"]);
    expect(overlapOf(backup, existing)).toEqual(["/existingAccounts/0"]);
  });
});

describe("R11 overlaps", () => {
  it("R11 any refuses the whole recovery, and each is pointed at; keep-existing refuses none", () => {
    holds(
      fc.property(scenes, ({ backup, shared, strangers }) => {
        const existing = [...strangers, ...shared];
        const overlapping = shared.map((_, index) => `/existingAccounts/${strangers.length + index}`);
        expect(() => refuseOverlap(backup, existing, "keep-existing")).not.toThrow();
        const refuse = () => refuseOverlap(backup, existing, "refuse");
        if (shared.length === 0) expect(refuse).not.toThrow();
        else expect(refusalOf(refuse)).toMatchObject({ kind: "accounts-overlap", details: { overlapping } });
      }),
    );
  });

  it("R11 a name that is given twice is pointed at twice", () => {
    const account = anAccount();
    expect(overlapOf(aBackup([account]), [nameOf(account), nameOf(account)])).toEqual([
      "/existingAccounts/0",
      "/existingAccounts/1",
    ]);
  });
});

describe("R12 what names a plan", () => {
  it("R12 the same backup and outcomes have the same id, whatever else is on the device", () => {
    holds(
      fc.property(scenes, (scene) => {
        const id = planId(anId("version"), planOf(scene));
        expect(planId(anId("version"), planOf({ ...scene, strangers: [] }))).toBe(id);
        expect(planId(anId("other version"), planOf(scene))).not.toBe(id);
      }),
    );
  });

  it("R12 the ids of two plans of one version are the same only if every outcome and its reason are", () => {
    const told = (outcomes: Outcome[]) =>
      JSON.stringify(outcomes.map(({ outcome, reason, account }) => [outcome, reason, identityOf(account)]));
    holds(
      fc.property(scenes, scenes, fc.boolean(), ({ backup, ...one }, other, sameBackup) => {
        const first = planOf({ ...one, backup });
        const second = planOf(sameBackup ? { ...other, backup, shared: [] } : other);
        const isSame = planId(anId("v"), first) === planId(anId("v"), second);
        expect(isSame).toBe(told(first) === told(second));
      }),
      300,
    );
  });

  it("R12 the order counts", () => {
    const [a, b] = [anAccount(), anAccount()];
    const plans = [aBackup([a, b]), aBackup([b, a])].map((backup) => planRecovery(backup, nowhere));
    expect(new Set(plans.map((plan) => planId(anId("v"), plan))).size).toBe(2);
  });

  it("R34 nothing secret is in the id: another secret alone leaves it", () => {
    const [one, other] = [anAccount(), anAccount()].map((account) => ({ ...account, userName: "same" }));
    if (!one || !other) expect.fail();
    const ids = [one, other].map((account) => planId(anId("v"), planRecovery(aBackup([account]), nowhere)));
    expect(new Set(ids).size).toBe(1);
  });
});
