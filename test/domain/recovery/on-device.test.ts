/** Which accounts a device has already: compared by code parameters, then by the app's ids, then by names. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Account, ExistingAccount } from "../../../lib/domain/account.ts";
import { fingerprintOf } from "../../../lib/domain/code-parameters.ts";
import { compareWith } from "../../../lib/domain/recovery/on-device.ts";
import { anAccount, aPersonalAccount, aWorkAccount, byName, onDevice } from "../../support/builders.ts";
import { document } from "../arbitraries.ts";
import { holds } from "../holds.ts";

const admin = { issuer: "Nextcloud", userName: "admin" };
const anAdmin = (change: object = {}) => anAccount({ ...admin, ...change });
/** The same name with different codes. */
const elsewhere = (change: object = {}) => onDevice(anAdmin(change));
const presenceOf = (accounts: Account[], ...existing: ExistingAccount[]) =>
  compareWith(accounts, existing).presence;

describe("R11 one entry", () => {
  const account = anAdmin({ id: "mine" });
  const { fingerprint } = { fingerprint: undefined, ...onDevice(account) };
  const other = { kind: "third-party" as const, issuer: "Other", userName: "other" };

  it.each([
    ["the same fingerprint, id and name", onDevice(account), "on-device"],
    ["the same fingerprint under another name and id", { ...other, id: "other", fingerprint }, "on-device"],
    ["the same fingerprint without an id", { ...byName(account), fingerprint }, "on-device"],
    ["the same id with another fingerprint", elsewhere({ id: "mine" }), "same-id"],
    ["the same id under another name", { ...other, id: "mine" }, "same-id"],
    ["the same name with another fingerprint", elsewhere(), "same-name"],
    ["the same name with another fingerprint and id", elsewhere({ id: "other" }), "same-name"],
    ["only the name", byName(account), "name-only"],
    ["the name and another id", { ...byName(account), id: "other" }, "name-only"],
    ["another name", other, "absent"],
    ["the name of a bound account", { ...byName(aPersonalAccount(admin)) }, "absent"],
  ] as [string, ExistingAccount, string][])("R11 %s on the device", (_, existing, presence) => {
    const compared = compareWith([account], [other, existing]);
    const isKept = ["on-device", "same-id", "name-only"].includes(presence);
    expect(compared).toEqual({ presence: [presence], overlapping: isKept ? [1] : [] });
  });

  it("R11 device-bound accounts are told apart by name, whatever else is sent", () => {
    const [personal, work] = [aPersonalAccount({ id: "one" }), aWorkAccount({ id: "two" })];
    expect(presenceOf([personal, work], onDevice(personal), onDevice(work))).toEqual([
      "on-device",
      "on-device",
    ]);
    expect(presenceOf([personal], { kind: "third-party", ...admin, id: "one" })).toEqual(["absent"]);
  });
});

describe("R11 R2 several entries of one name", () => {
  const [one, two, three] = [anAdmin({ id: "one" }), anAdmin({ id: "two" }), anAdmin()];
  const vault = [one, two, three];

  it.each([
    ["nothing", [], ["absent", "absent", "absent"]],
    ["one of them, by fingerprint", [onDevice(two)], ["same-name", "on-device", "same-name"]],
    ["all of them", vault.map(onDevice), ["on-device", "on-device", "on-device"]],
    ["another one of that name", [elsewhere()], ["same-name", "same-name", "same-name"]],
    ["one of that name, no more is known", [byName(one)], ["name-only", "name-only", "name-only"]],
    [
      "one by fingerprint and one by name",
      [onDevice(one), byName(one)],
      ["on-device", "name-only", "name-only"],
    ],
    ["one by its id alone", [{ ...byName(one), id: "two" }], ["same-name", "same-id", "same-name"]],
  ] as [string, ExistingAccount[], string[]][])("R11 on the device: %s", (_, existing, presence) => {
    expect(presenceOf(vault, ...existing)).toEqual(presence);
  });

  it("R11 to a device that has it, the same secret under two names is one account", () => {
    const { otp } = one;
    const copy = anAccount({ issuer: "Backup of it", userName: "admin", otp });
    expect(presenceOf([one, copy], onDevice(copy))).toEqual(["on-device", "on-device"]);
  });

  it("R11 an unknown type of codes can't be compared, and isn't lost for that", () => {
    const future = { ...byName(one), kind: "third-party" as const, otp: { type: "blake", seed: "x" } };
    expect(fingerprintOf(future.otp)).toBeUndefined();
    expect(compareWith([future], [onDevice(one)]).presence).toEqual(["same-name"]);
    expect(compareWith([future], [byName(one)]).presence).toEqual(["name-only"]);
  });
});

describe("R11 laws of comparing", () => {
  /** A document, and a device's list of some of its accounts and others. */
  const scenes = fc.record({
    accounts: document.map(({ accounts }) => accounts),
    others: document.map(({ accounts }) => accounts),
    told: fc.array(fc.constantFrom("wholly", "by name", "not at all"), { minLength: 24, maxLength: 24 }),
  });
  const existingIn = ({
    accounts,
    others,
    told,
  }: Record<"accounts" | "others", Account[]> & { told: string[] }) =>
    [...accounts, ...others].flatMap((account, at) =>
      told[at] === "wholly" ? [onDevice(account)] : told[at] === "by name" ? [byName(account)] : [],
    );

  it("R11 the order in which a device tells its accounts changes nothing", () => {
    holds(
      fc.property(scenes, (scene) => {
        const existing = existingIn(scene);
        const backwards = compareWith(scene.accounts, existing.toReversed());
        const forwards = compareWith(scene.accounts, existing);
        expect(backwards.presence).toEqual(forwards.presence);
        const turned = backwards.overlapping.map((at) => existing.length - 1 - at).toReversed();
        expect(turned).toEqual(forwards.overlapping);
      }),
      300,
    );
  });

  it("R11 a fully described account is kept; no returned account has a fingerprint that the device named", () => {
    holds(
      fc.property(scenes, (scene) => {
        const existing = existingIn(scene);
        const fingerprints = new Set(existing.map((each) => "fingerprint" in each && each.fingerprint));
        for (const [at, presence] of compareWith(scene.accounts, existing).presence.entries()) {
          const account = scene.accounts[at] ?? expect.fail();
          if (scene.told[at] === "wholly") expect(presence).toBe("on-device");
          if (account.kind !== "third-party") continue;
          const isThere = fingerprints.has(fingerprintOf(account.otp) ?? "");
          expect({ at, isKept: presence === "on-device" }).toEqual({ at, isKept: isThere });
        }
      }),
      300,
    );
  });

  it("R11 with fingerprints for all, nothing is kept for its name only", () => {
    holds(
      fc.property(scenes, ({ accounts, others }) => {
        expect(presenceOf(accounts, ...others.map(onDevice))).not.toContain("name-only");
      }),
    );
  });
});
