/** Recovery: what it registers, spends, records and tells before it answers. */
/** A refused recovery leaves nothing. */

import { describe, expect, it } from "vitest";
import { accountKey, nameOf } from "../../../lib/domain/account.ts";
import { encodeDocument } from "../../../lib/domain/backup/document.ts";
import { DAY, later, SECOND } from "../../../lib/domain/clock.ts";
import { isActive } from "../../../lib/domain/device.ts";
import { sha256 } from "../../../lib/domain/hash.ts";
import { requirePortable } from "../../../lib/domain/recovery/opening.ts";
import { alarmId } from "../../../lib/domain/recovery/record.ts";
import { recordRecovery } from "../../../lib/domain/recovery/recovery.ts";
import { aBackup, onDevice } from "../../support/builders.ts";
import { headOf, putRecord, recordOf } from "../../support/owners.ts";
import { storageSilent } from "../../support/silent.ts";
import {
  aCaller,
  aContact,
  aDevice,
  aDeviceId,
  aHead,
  anId,
  anOwnerId,
  aPlace,
  aRecord,
  now,
  someDevices,
} from "../builders.ts";
import { aScene, nothing, onTheOther, proven } from "../recovery-scene.ts";
import { kindFrom, refusalFrom, refusalOf } from "../refusals.ts";

describe("R17 a recovery registers its device", () => {
  it("R17 a new device is listed under the name it gave, seen and recovered now; the sign-in counts", () => {
    const caller = aCaller({ device: aDeviceId("new"), authTime: now });
    const { devices, confirmedAt } = recordRecovery(aHead(), caller, "New phone", now);
    const times = { registeredAt: now, lastSeenAt: now, lastRecoveryAt: now };
    expect(devices).toEqual([aDevice(), { id: caller.device, name: "New phone", ...times }]);
    expect(confirmedAt).toEqual(now);
  });

  it("R17 a listed device keeps its date and takes the name; a revoked one is refused", () => {
    const [device] = recordRecovery(aHead(), aCaller(), "Other name", now).devices;
    expect(device).toEqual({ ...aDevice(), name: "Other name", lastSeenAt: now, lastRecoveryAt: now });
    const head = aHead({ devices: [aDevice({ revokedAt: now })] });
    expect(refusalOf(() => recordRecovery(head, aCaller(), "x", now)).kind).toBe("device-revoked");
  });

  it("R17 a thirty-first active device replaces another", () => {
    const stranger = aCaller({ device: aDeviceId("stranger") });
    const { devices } = recordRecovery(aHead({ devices: someDevices(30) }), stranger, "x", now);
    expect(devices.filter(isActive)).toHaveLength(30);
    expect(devices.filter(({ suspendedAt }) => suspendedAt)).toMatchObject([
      { displacedBy: stranger.device },
    ]);
  });
});

describe("R17 a device proof is spent by a recovery", () => {
  const after = (milliseconds: number) => later(now, milliseconds);
  const spent = (count: number, at = now) =>
    Array.from({ length: count }, (_, index) => ({ id: sha256(`proof-${index}`), at }));

  it("R17 refuses a used proof for longer than any proof is valid", () => {
    const caller = aCaller();
    const head = recordRecovery(aHead(), caller, "x", now);
    for (const milliseconds of [0, 60 * SECOND, 120 * SECOND, 130 * SECOND - 1]) {
      const again = refusalOf(() => recordRecovery(head, caller, "x", after(milliseconds)));
      expect(again.kind).toBe("proof-invalid");
      expect(again.details.errors).toEqual([
        { at: "DPoP claim jti", detail: "was used before: make a new one for each request" },
      ]);
    }
  });

  it("R17 forgets a proof once it is too old anyway", () => {
    const head = recordRecovery(aHead({ spentProofs: spent(19) }), aCaller(), "x", now);
    expect(head.spentProofs).toHaveLength(20);
    const next = recordRecovery(head, aCaller({ proof: "next" }), "x", after(130 * SECOND));
    const { device } = aCaller();
    expect(next.spentProofs).toEqual([{ id: "next", device, at: after(130 * SECOND) }]);
  });

  it("R32 refuses the twenty-first recovery in a short time, and says when to retry", () => {
    const { spentProofs } = recordRecovery(aHead({ spentProofs: spent(19) }), aCaller(), "x", now);
    expect(spentProofs).toHaveLength(20);
    const failure = refusalOf(() => recordRecovery(aHead({ spentProofs: spent(20) }), aCaller(), "x", now));
    expect(failure).toMatchObject({ kind: "too-many-recoveries", details: { retryAfterSeconds: 130 } });
  });

  it("R17 R32 counts each device's own, and two hundred of all", () => {
    const others = spent(200).map((each) => ({ ...each, device: aDeviceId("other") }));
    const head = recordRecovery(aHead({ spentProofs: others.slice(1) }), aCaller(), "x", now);
    expect(head.spentProofs).toHaveLength(200);
    const failure = refusalOf(() => recordRecovery(aHead({ spentProofs: others }), aCaller(), "x", now));
    expect(failure).toMatchObject({ kind: "too-many-recoveries", details: { retryAfterSeconds: 130 } });
  });
});

describe("R10 R13 a recovery reads, records and tells, and only then answers", () => {
  it("R13 R15 answers accounts, settings and version, after one opening and one write each", async () => {
    const { backup, version, versions, run, written } = await aScene();
    const { outcomes, settings, version: told } = await run();
    expect(outcomes.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ["restore", "in-backup"],
      ["restore", "bound"],
      ["step-up", "not-bound"],
      ["step-up", "uses-push"],
      ["step-up", "work-account"],
    ]);
    expect(outcomes.map(({ account }) => account)).toStrictEqual(backup.accounts);
    expect({ settings, told }).toEqual({ settings: backup.settings, told: version });
    expect(versions.opened).toBe(1);
    expect(written()).toEqual({ owners: 1, credentials: 1, recoveries: 1, told: 1 });
  });

  it("R12 R25 the record says what came back to which device, and holds no secret", async () => {
    const { backup, version, caller, recordOf: recordIn, run } = await aScene();
    const { id } = await run();
    const record = await recordIn(id);
    const states = ["restored", "credential-sent", "step-up", "step-up", "step-up"];
    expect(record).toEqual({
      device: caller.device,
      platform: "android",
      from: "android",
      version,
      createdAt: now,
      request: expect.stringMatching(/^[\w-]{43}$/),
      accounts: backup.accounts.map((account, at) => ({ account: nameOf(account), state: states[at] })),
    });
  });

  it("R14 R15 only a proven account that uses codes gets its new credential with it, for this device alone", async () => {
    const { caller, credentials, owners, run } = await aScene();
    const recovered = await run();
    expect([...recovered.credentials.keys()]).toEqual([accountKey(proven)]);
    expect(recovered.credentials.get(accountKey(proven))).toMatch(/^otpauth:\/\/totp\/.*secret=[A-Z2-7]{32}/);
    expect((await credentials.find(proven))?.value.holders).toMatchObject([{ device: caller.device }]);
    const bindings = (await recordOf(owners, anOwnerId()))?.bindings;
    expect(bindings).toMatchObject([{ account: proven, devices: [caller.device] }]);
  });

  it("R15 an account that another owner has taken over comes back by name only", async () => {
    const { credentials, run } = await aScene();
    const stored = await credentials.find(proven);
    const taken = { ...(stored?.value ?? expect.fail()), owner: anOwnerId("berit") };
    await credentials.put(proven, taken, stored?.etag);
    const { outcomes, credentials: told } = await run();
    expect(outcomes[1]).toMatchObject({ outcome: "step-up", reason: "not-bound" });
    expect(told.size).toBe(0);
    expect((await credentials.find(proven))?.value).toEqual(taken);
  });

  it("R18 tells the log and every confirmed contact, naming recovery and device, but no account", async () => {
    const { caller, outbox, owners, run } = await aScene();
    const phone = aContact({ id: anId("phone"), channel: "phone", address: "+46700000001", language: "sv" });
    const { verifiedAt: _, ...unconfirmed } = aContact({ id: anId("new"), address: "new@mail.example" });
    const contacts = [aContact(), phone, unconfirmed];
    await putRecord(owners, anOwnerId(), aRecord({ contacts }));
    const { id } = await run();
    const recipients = [aContact(), phone].map(({ channel, address, language }) => ({
      channel,
      address,
      language,
      link: true,
    }));
    const device = { id: caller.device, name: "New phone" };
    const activity = { id: alarmId(id, now), kind: "recovered", at: now, device, recovery: id };
    const item = { type: "announcement", activity, recipients };
    expect(outbox.items).toEqual([{ owner: anOwnerId(), item, delaySeconds: 0 }]);
  });

  it("R18 nothing is issued or handed out if it can't be announced", async () => {
    const { outbox, run, written } = await aScene();
    outbox.broken = storageSilent();
    expect(await kindFrom(() => run())).toBe("storage-unavailable");
    expect(written()).toMatchObject({ owners: 0, credentials: 0, told: 0 });
  });

  it("R16 from the other platform third-party accounts come back, the rest by name; the device joins its own list", async () => {
    const { owners, run, written } = await aScene();
    const { outcomes, credentials } = await run(onTheOther);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(["restore", ...Array(4).fill("step-up")]);
    expect(credentials.size).toBe(0);
    const own = await headOf(owners, aPlace({ platform: "ios" }));
    expect(own?.value).toMatchObject({ generation: 0, versions: [], devices: [{ name: "New phone" }] });
    expect(written()).toEqual({ owners: 1, credentials: 0, recoveries: 1, told: 1 });
  });

  it("R16 the model's rule refuses the other platform's backup, and only that", () => {
    const other = { platform: "ios", from: "android" } as const;
    expect(refusalOf(() => requirePortable(other, "deny")).kind).toBe("cross-platform-denied");
    requirePortable(other, "portable");
    requirePortable({ platform: "ios", from: "ios" }, "deny");
  });
});

describe("R11 R39 a recovery that is refused changes nothing", () => {
  it("R39 content that doesn't match the head, or is no document", async () => {
    const others = [encodeDocument(aBackup()), Buffer.from("[]"), Buffer.alloc(0)];
    for (const content of others) {
      const { run, written } = await aScene({ content });
      expect(await kindFrom(() => run())).toBe("backup-unreadable");
      expect(written()).toEqual(nothing);
    }
    const digest = sha256(Buffer.from("[]"));
    const { version } = await aScene();
    const damaged = await aScene({
      content: Buffer.from("[]"),
      head: { versions: [{ ...version, digest }] },
    });
    expect(await kindFrom(() => damaged.run())).toBe("backup-unreadable");
  });

  it("R11 an overlap; with keep-existing, the rest comes back", async () => {
    const { backup, run, written } = await aScene();
    const existing = backup.accounts.slice(0, 2).map(onDevice);
    const failure = await refusalFrom(() => run({ existing }));
    const overlapping = ["/existingAccounts/0", "/existingAccounts/1"];
    expect(failure).toMatchObject({ kind: "accounts-overlap", details: { overlapping } });
    expect(written()).toEqual(nothing);
    const { outcomes, credentials } = await run({ existing, overlap: "keep-existing" });
    expect(outcomes.slice(0, 2)).toMatchObject([{ outcome: "keep" }, { outcome: "keep" }]);
    expect(credentials.size).toBe(0);
  });

  it("R12 an outdated plan: the new one is returned, and accepted", async () => {
    const { backup, run, written } = await aScene();
    const failure = await refusalFrom(() => run({ planSeen: "of yesterday" }));
    expect(failure.kind).toBe("plan-outdated");
    expect(written()).toEqual(nothing);
    const { id: planSeen, accounts = [] } = failure.details.plan ?? {};
    expect(accounts.map(({ account }) => account)).toEqual(backup.accounts.map(nameOf));
    expect((await run({ planSeen })).outcomes).toHaveLength(backup.accounts.length);
  });

  it.each([
    ["there are only devices", { generation: 0, versions: [] }],
    ["the backup was deleted", { deletedAt: later(now, -DAY) }],
  ])("R17 where %s, without opening anything", async (_, head) => {
    const { versions, run, written } = await aScene({ head });
    expect(await kindFrom(() => run())).toBe("backup-not-found");
    expect(await kindFrom(() => run({ ...onTheOther, from: "ios" }))).toBe("backup-not-found");
    expect(versions.opened).toBe(0);
    expect(written()).toEqual(nothing);
  });

  it("R17 from a revoked device or with a spent proof, without opening anything", async () => {
    const caller = aCaller();
    const revoked = await aScene({ head: { devices: [aDevice({ revokedAt: now })] } });
    const spent = await aScene({ head: { spentProofs: [{ id: caller.proof, at: now }] } });
    expect(await kindFrom(() => revoked.run())).toBe("device-revoked");
    expect(await kindFrom(() => spent.run({ caller }))).toBe("proof-invalid");
    expect({ revoked: revoked.versions.opened, spent: spent.versions.opened }).toEqual({
      revoked: 0,
      spent: 0,
    });
    expect({ revoked: revoked.written(), spent: spent.written() }).toEqual({
      revoked: nothing,
      spent: nothing,
    });
  });
});
