/** Recovery: which accounts come back and how, and that each device proof is spent once. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Account, type AccountName, identityOf } from "../../lib/domain/account.ts";
import { encodeDocument } from "../../lib/domain/backup-document.ts";
import { DAY, later, SECOND } from "../../lib/domain/clock.ts";
import type { StoredHead } from "../../lib/domain/head.ts";
import { sha256 } from "../../lib/domain/owner.ts";
import { planRecovery, type Recovery, recordRecovery, recover } from "../../lib/domain/recovery.ts";
import { aBackup, anAccount, aPersonalAccount, aWorkAccount } from "../support/builders.ts";
import { document } from "./arbitraries.ts";
import { aCaller, aDevice, aDeviceId, aHead, aPlace, aVersion, now, someDevices } from "./builders.ts";
import { holds } from "./holds.ts";
import { MemoryHeads, MemoryVersions } from "./memory-stores.ts";
import { kindFrom, refusalOf, tally } from "./refusals.ts";

const nameOf = (account: Account): AccountName => {
  const { kind, issuer, userName } = account;
  return kind === "work" ? { kind, issuer, userName, tenant: account.tenant } : { kind, issuer, userName };
};
/** A document, some of its accounts by name, and names that it doesn't hold. */
const overlaps = fc
  .tuple(document, fc.array(fc.boolean()), fc.array(fc.uuid(), { maxLength: 3 }))
  .map(([backup, chosen, others]) => ({
    backup,
    shared: backup.accounts.filter((_, index) => chosen[index]).map(nameOf),
    others: others.map((userName): AccountName => ({ kind: "third-party", issuer: "elsewhere", userName })),
  }));

describe("R11 what is on the device stays as it is", () => {
  it("R11 refuses the whole recovery for any overlap, and points at each account that overlaps", () => {
    holds(
      fc.property(overlaps, ({ backup, shared, others }) => {
        fc.pre(shared.length > 0);
        const { kind, details } = refusalOf(() => planRecovery(backup, [...others, ...shared], "refuse"));
        expect(kind).toBe("accounts-overlap");
        const pointers = shared.map((_, index) => `/existingAccounts/${others.length + index}`);
        expect(details).toEqual({ overlapping: pointers });
      }),
    );
  });

  it("R11 keep-existing keeps every account that the device has and brings back all others, none twice", () => {
    holds(
      fc.property(overlaps, ({ backup, shared, others }) => {
        const outcomes = planRecovery(backup, [...shared, ...others], "keep-existing");
        const existing = new Set(shared.map(identityOf));
        expect(outcomes.map(({ account }) => identityOf(account))).toEqual(backup.accounts.map(identityOf));
        for (const { outcome, account } of outcomes)
          expect(outcome === "keep").toBe(existing.has(identityOf(account)));
      }),
    );
  });

  it("R11 an overlap is one by name, however its letters are composed and whatever its secret", () => {
    const backup = aBackup([anAccount({ issuer: "Caf\u00e9", userName: "u" })]);
    const existing: AccountName[] = [{ kind: "third-party", issuer: "Cafe\u0301", userName: "u" }];
    expect(refusalOf(() => planRecovery(backup, existing, "refuse")).kind).toBe("accounts-overlap");
    expect(planRecovery(backup, existing, "keep-existing")).toMatchObject([{ outcome: "keep" }]);
  });

  it("R11 an account of the same name and another kind or tenant is another account", () => {
    const name = { issuer: "i", userName: "u" };
    const backup = aBackup([anAccount(name), aWorkAccount({ ...name, tenant: "one" })]);
    const existing: AccountName[] = [
      { kind: "personal", ...name },
      { kind: "work", ...name, tenant: "two" },
    ];
    expect(planRecovery(backup, existing, "refuse").map(({ outcome }) => outcome)).toEqual([
      "restore",
      "step-up",
    ]);
  });
});

describe("R13 R15 how accounts come back", () => {
  it("R13 third-party accounts come back exactly, all in the order of the backup", () => {
    holds(
      fc.property(document, (backup) => {
        expect(planRecovery(backup, [], "refuse").map(({ account }) => account)).toStrictEqual(
          backup.accounts,
        );
      }),
    );
  });

  it("R15 personal and work accounts come back by name only, marked step-up", () => {
    const [personal, work] = [aPersonalAccount({ usesPush: false }), aWorkAccount()];
    expect(planRecovery(aBackup([personal, work]), [], "refuse")).toStrictEqual([
      { outcome: "step-up", account: personal },
      { outcome: "step-up", account: work },
    ]);
  });

  it("R15 only a restore holds a secret: neither a keep nor a step-up has any code parameters", () => {
    holds(
      fc.property(overlaps, ({ backup, shared }) => {
        for (const { outcome, account } of planRecovery(backup, shared, "keep-existing")) {
          const fields = new Set([
            "kind",
            "issuer",
            "userName",
            "tenant",
            ...(outcome === "step-up" ? ["usesPush"] : []),
          ]);
          if (outcome === "restore") expect(account.kind).toBe("third-party");
          else expect(Object.keys(account).filter((field) => !fields.has(field))).toEqual([]);
        }
      }),
    );
  });
});

describe("R17 a recovery registers its device", () => {
  it("R17 a new device is listed under the name it gave, seen and recovered now; the sign-in counts", () => {
    const caller = aCaller({ device: aDeviceId("new"), authTime: now });
    const { devices, confirmedAt } = recordRecovery(aHead(), caller, "New phone", now);
    const times = { registeredAt: now, lastSeenAt: now, lastRecoveryAt: now };
    expect(devices).toEqual([aDevice(), { id: caller.device, name: "New phone", ...times }]);
    expect(confirmedAt).toEqual(now);
  });

  it("R17 a device that is listed keeps its date and takes the name; a revoked one is refused", () => {
    const [device] = recordRecovery(aHead(), aCaller(), "Other name", now).devices;
    expect(device).toEqual({ ...aDevice(), name: "Other name", lastSeenAt: now, lastRecoveryAt: now });
    const head = aHead({ devices: [aDevice({ revokedAt: now })] });
    expect(refusalOf(() => recordRecovery(head, aCaller(), "x", now)).kind).toBe("device-revoked");
  });

  it("R17 refuses a thirty-first active device", () => {
    const stranger = aCaller({ device: aDeviceId("stranger") });
    const head = aHead({ devices: someDevices(30) });
    expect(refusalOf(() => recordRecovery(head, stranger, "x", now)).kind).toBe("too-many-devices");
  });
});

describe("R17 a device proof is spent by a recovery", () => {
  const after = (milliseconds: number) => later(now, milliseconds);
  const spent = (count: number, at = now) =>
    Array.from({ length: count }, (_, index) => ({ id: sha256(`proof-${index}`), at }));

  it("R17 refuses a proof that was used before, for longer than any proof is valid", () => {
    const caller = aCaller();
    const head = recordRecovery(aHead(), caller, "x", now);
    for (const milliseconds of [0, 60 * SECOND, 120 * SECOND, 130 * SECOND - 1]) {
      expect(refusalOf(() => recordRecovery(head, caller, "x", after(milliseconds))).kind).toBe(
        "proof-invalid",
      );
    }
  });

  it("R17 forgets a proof once it would be too old anyway", () => {
    const head = recordRecovery(aHead({ spentProofs: spent(19) }), aCaller(), "x", now);
    expect(head.spentProofs).toHaveLength(20);
    const next = recordRecovery(head, aCaller({ proof: "next" }), "x", after(130 * SECOND));
    expect(next.spentProofs).toEqual([{ id: "next", at: after(130 * SECOND) }]);
  });

  it("R32 refuses the twenty-first recovery in a short time, and says when to come again", () => {
    expect(recordRecovery(aHead({ spentProofs: spent(19) }), aCaller(), "x", now).spentProofs).toHaveLength(
      20,
    );
    const failure = refusalOf(() => recordRecovery(aHead({ spentProofs: spent(20) }), aCaller(), "x", now));
    expect(failure).toMatchObject({ kind: "too-many-recoveries", details: { retryAfterSeconds: 130 } });
  });
});

describe("R10 R13 a recovery reads, records and only then answers", () => {
  const backup = aBackup();
  const version = aVersion({ digest: sha256(encodeDocument(backup)) });
  const stores = async (content = encodeDocument(backup)) => {
    const [heads, versions] = [new MemoryHeads(), new MemoryVersions()];
    await versions.put(aPlace(), version, content);
    await heads.put(aPlace(), aHead({ versions: [version] }), undefined);
    const held = await heads.find(aPlace());
    const run = (change: Partial<Recovery> = {}, from: StoredHead | undefined = held) => {
      const recovery = { caller: aCaller(), deviceName: "x", existing: [], overlap: "refuse" as const, now };
      return recover({ heads, versions }, aPlace(), from, { ...recovery, ...change });
    };
    return { heads, versions, run };
  };

  it("R13 answers accounts, settings and version, after one opening and one write", async () => {
    const { heads, versions, run } = await stores();
    const { result } = await run();
    expect(result.settings).toEqual(backup.settings);
    expect(result.version).toEqual(version);
    expect({ opened: versions.opened, writes: heads.writes }).toEqual({ opened: 1, writes: 2 });
  });

  it("R37 a recovery that others overtake opens the version once all the same", async () => {
    const { heads, versions, run } = await stores();
    const callers = Array.from({ length: 8 }, (_, index) => aCaller({ proof: `proof-${index}` }));
    await Promise.all(callers.map((caller) => run({ caller })));
    expect({ opened: versions.opened, writes: heads.writes }).toEqual({ opened: 8, writes: 9 });
  });

  it("R39 content that isn't what the head names is refused", async () => {
    const { run } = await stores(encodeDocument(aBackup()));
    expect(await kindFrom(() => run())).toBe("backup-unreadable");
  });

  it("R17 of 8 recoveries with one proof at the same time exactly one is answered", async () => {
    const { heads, run } = await stores();
    const caller = aCaller();
    const race = await Promise.allSettled(Array.from({ length: 8 }, () => run({ caller })));
    expect(tally(race)).toEqual({ done: 1, refused: Array.from({ length: 7 }, () => "proof-invalid") });
    expect((await heads.find(aPlace()))?.value.spentProofs).toHaveLength(1);
  });

  it("R11 R39 a recovery that is refused changes nothing", async () => {
    const { heads, run } = await stores();
    const existing = backup.accounts.map(nameOf);
    expect(await kindFrom(() => run({ existing }))).toBe("accounts-overlap");
    const damaged = await stores(Buffer.from("[]"));
    expect(await kindFrom(() => damaged.run())).toBe("backup-unreadable");
    expect([heads.writes, damaged.heads.writes]).toEqual([1, 1]);
  });

  it.each([
    ["there never was a backup", undefined],
    ["there are only devices", aHead({ generation: 0, versions: [] })],
    ["the backup was deleted", aHead({ deletedAt: later(now, -DAY) })],
  ])("R17 refuses where %s, without opening anything", async (_, head) => {
    const [heads, versions] = [new MemoryHeads(), new MemoryVersions()];
    const held = head && { value: head, etag: '"1"' };
    const recovery = { caller: aCaller(), deviceName: "x", existing: [], overlap: "refuse" as const, now };
    expect(await kindFrom(() => recover({ heads, versions }, aPlace(), held, recovery))).toBe(
      "backup-not-found",
    );
    expect(versions.opened).toBe(0);
  });
});
