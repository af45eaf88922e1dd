/** Plans that refuse, and what a plan's id depends on. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accountKey, type ExistingAccount, nameOf } from "../../../lib/domain/account.ts";
import { compareWith } from "../../../lib/domain/recovery/on-device.ts";
import {
  type Circumstances,
  type Outcome,
  planId,
  planRecovery,
  refuseOverlap,
} from "../../../lib/domain/recovery/plan.ts";
import { aBackup, anAccount, byName, onDevice } from "../../support/builders.ts";
import { anId } from "../builders.ts";
import { holds } from "../holds.ts";
import { nowhere, planned, planOf, scenes } from "../plan-scenes.ts";
import { refusalOf } from "../refusals.ts";

describe("R11 overlaps", () => {
  it("R11 any refuses the whole recovery, and each is pointed at; keep-existing refuses none", () => {
    holds(
      fc.property(scenes, (scene) => {
        const { shared, strangers } = scene;
        const overlapping = shared.map((_, index) => `/existingAccounts/${strangers.length + index}`);
        const plan = planned(scene);
        expect(() => refuseOverlap(plan, "keep-existing")).not.toThrow();
        const refuse = () => refuseOverlap(plan, "refuse");
        if (shared.length === 0) expect(refuse).not.toThrow();
        else expect(refusalOf(refuse)).toMatchObject({ kind: "accounts-overlap", details: { overlapping } });
      }),
    );
  });

  it("R11 an account that is sent twice is pointed at twice", () => {
    const account = anAccount();
    for (const tell of [byName, onDevice])
      expect(compareWith([account], [tell(account), tell(account)]).overlapping).toEqual([0, 1]);
  });

  it("R11 a refusal for a name only says that fingerprints would help", () => {
    const account = anAccount();
    const refusalFor = (existing: ExistingAccount) => {
      const { presence, overlapping } = compareWith([account], [existing]);
      const outcomes = planRecovery(aBackup([account]), { ...nowhere, presence });
      return refusalOf(() => refuseOverlap({ outcomes, overlapping }, "refuse")).details;
    };
    const overlapping = ["/existingAccounts/0"];
    expect(refusalFor(byName(account))).toEqual({ overlapping, askAgainWith: ["fingerprint"] });
    expect(refusalFor(onDevice(account))).toEqual({ overlapping });
  });
});

describe("R12 a plan's id", () => {
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
      JSON.stringify(
        outcomes.map(({ outcome, reason, account }) => [
          outcome,
          reason,
          accountKey(nameOf(account)),
          account.id,
        ]),
      );
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

  it("R12 two entries of one name are told apart by their ids, and which of them is kept by its place", () => {
    const [one, two] = ["one", "two"].map((id) => anAccount({ issuer: "Nextcloud", userName: "admin", id }));
    if (!one || !two) return expect.fail();
    const idWith = (...presence: Circumstances["presence"]) =>
      planId(anId("v"), planRecovery(aBackup([one, two]), { ...nowhere, presence }));
    const ids = [idWith("on-device", "absent"), idWith("absent", "on-device"), idWith(), idWith("same-id")];
    expect(new Set(ids).size).toBe(4);
    const swapped = planId(anId("v"), planRecovery(aBackup([two, one]), nowhere));
    expect(swapped).not.toBe(idWith());
    const named = planRecovery(aBackup([one, two]), { ...nowhere, presence: ["on-device"] });
    expect(named.map(({ account }) => account.id)).toEqual(["one", "two"]);
  });

  it("R34 nothing secret is in the id: another secret alone leaves it", () => {
    const [one, other] = [anAccount(), anAccount()].map((account) => ({ ...account, userName: "same" }));
    if (!one || !other) expect.fail();
    const ids = [one, other].map((account) => planId(anId("v"), planRecovery(aBackup([account]), nowhere)));
    expect(new Set(ids).size).toBe(1);
  });
});
