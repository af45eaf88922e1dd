/** POST v1/recoveries: the accounts come back to a device after a fresh sign-in. */
import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { Reply } from "../../../infra/local/phone.ts";
import type { Account } from "../../../lib/domain/account.ts";
import { VersionStatus } from "../../../lib/http/replies/backup-status.ts";
import { aBackup, anAccount, aPersonalAccount, aSecret, aWorkAccount } from "../../support/builders.ts";
import { anOwner, aPhone, type CheckedPhone } from "../../support/phones.ts";
import { versionsOf } from "../heads.ts";
import {
  anOwnerWithBackup,
  aRegisteredPhone,
  devicesIn,
  etagOf,
  expectEachRefused,
  expectRefused,
  placesIn,
  receiptIn,
  recovering,
  register,
  revoke,
  statusesOf,
  statusIn,
} from "../helpers.ts";
import { storedOf } from "../stored.ts";

const recover = (phone: CheckedPhone, change?: object) =>
  phone.call("POST", "v1/recoveries", recovering(phone, change));

const Recovered = z.object({
  accounts: z.array(z.object({ outcome: z.string(), account: z.unknown() })),
  settings: z.unknown(),
  version: VersionStatus,
});
const recoveredIn = ({ body }: Reply) => Recovered.parse(body);

const nameOf = ({ kind, issuer, userName, ...rest }: Account) =>
  "tenant" in rest ? { kind, issuer, userName, tenant: rest.tenant } : { kind, issuer, userName };

describe.concurrent("a new device", () => {
  it("R13 R15 gets third-party accounts and settings exactly as backed up, in order, the others by name", async () => {
    const steam = anAccount({ otp: { type: "steam", secret: aSecret() } });
    const hotp = anAccount({
      userName: "Zoe\u0308 🔑",
      otp: { type: "hotp", secret: "CANARYA", algorithm: "SHA512", digits: 8, counter: 2 ** 53 - 1 },
    });
    const accounts = [aWorkAccount(), hotp, aPersonalAccount({ usesPush: true }), steam, anAccount()];
    const document = { accounts, settings: { sortBy: "issuer" as const, hideCodes: true, language: "sv" } };
    const { owner, uploaded } = await anOwnerWithBackup({ document });
    const phone = await aPhone({ owner });
    const reply = await recover(phone);
    expect(reply.status).toBe(200);
    const outcome = ({ kind }: Account) => (kind === "third-party" ? "restore" : "step-up");
    expect(recoveredIn(reply)).toEqual({
      accounts: accounts.map((account) => ({ outcome: outcome(account), account })),
      settings: document.settings,
      version: receiptIn(uploaded).version,
    });
  });

  it("R17 is registered by it, and may do everything from then on", async () => {
    const { owner } = await anOwnerWithBackup();
    const phone = await aPhone({ owner });
    const reply = await recover(phone);
    const devices = devicesIn(await phone.call("GET", "v1/devices"));
    const own = devices.find(({ isThisDevice }) => isThisDevice);
    expect(own).toMatchObject({ id: phone.deviceId, name: "canary-new-phone", platform: "android" });
    expect(own?.lastRecoveryAt).toBe(own?.registeredAt);
    const headers = { "if-match": etagOf(reply) };
    const upload = await phone.call("PUT", "v1/backups/android", { body: aBackup(), headers });
    expect(upload.status).toBe(200);
  });

  it("R17 a device that is registered already keeps its first date", async () => {
    const { owner } = await anOwnerWithBackup();
    const phone = await aRegisteredPhone(owner);
    const own = async () =>
      devicesIn(await phone.call("GET", "v1/devices")).find(({ isThisDevice }) => isThisDevice);
    const before = await own();
    await recover(phone);
    expect(await own()).toMatchObject({ registeredAt: before?.registeredAt });
    expect((await own())?.lastRecoveryAt).toBeDefined();
  });

  it("R7 leaves the backup itself as it is", async () => {
    const { owner, phone, uploaded } = await anOwnerWithBackup();
    const versions = await versionsOf(owner);
    await recover(await aPhone({ owner }));
    expect(await versionsOf(owner)).toEqual(versions);
    const { version, generation } = statusIn(await phone.call("GET", "v1/backups/android"));
    expect({ version, generation }).toEqual({ version: receiptIn(uploaded).version, generation: 1 });
  });

  it("R17 cannot recover with the key of a revoked device; a new key can", async () => {
    const { owner, phone } = await anOwnerWithBackup();
    const lost = await aRegisteredPhone(owner);
    await revoke(phone, lost);
    await lost.signIn(owner);
    await expectRefused(owner, "device-revoked", () => recover(lost));
    expect((await recover(await aPhone({ owner }))).status).toBe(200);
  });

  it("R16 R17 a device of one platform can't recover as one of the other", async () => {
    const { owner } = await anOwnerWithBackup();
    const iphone = await aRegisteredPhone(owner, { platform: "ios" });
    const call = () => recover(iphone, { platform: "android" });
    const problem = await expectRefused(owner, "invalid-request", call);
    expect(placesIn(problem)).toEqual(["platform"]);
  });
});

describe.concurrent("what there is to recover", () => {
  it("R33 is never another owner's", async () => {
    const { owner } = await anOwnerWithBackup();
    const before = await storedOf(owner);
    const stranger = anOwner();
    const phone = await aPhone({ owner: stranger });
    await expectRefused(stranger, "backup-not-found", () => recover(phone));
    const { owner: other, uploaded } = await anOwnerWithBackup();
    const recovered = recoveredIn(await recover(await aPhone({ owner: other })));
    expect(recovered.version).toEqual(receiptIn(uploaded).version);
    expect(await storedOf(owner)).toEqual(before);
  });

  it("R41 404 without a backup on that platform, and the try registers no device", async () => {
    const { owner } = await anOwnerWithBackup();
    const iphone = await aPhone({ owner, platform: "ios" });
    await expectRefused(owner, "backup-not-found", () => recover(iphone));
    const empty = anOwner();
    await register(await aPhone({ owner: empty }));
    const phone = await aPhone({ owner: empty });
    await expectRefused(empty, "backup-not-found", () => recover(phone));
  });

  it("R6 is nothing once the backup is deleted", async () => {
    const { owner, phone, uploaded } = await anOwnerWithBackup();
    await phone.call("DELETE", "v1/backups/android", { headers: { "if-match": etagOf(uploaded) } });
    const second = await aPhone({ owner });
    await expectRefused(owner, "backup-not-found", () => recover(second));
  });
});

describe.concurrent("accounts on the device", () => {
  const [third, personal, work] = [anAccount(), aPersonalAccount(), aWorkAccount()];
  const other = anAccount({ userName: "Zo\u00eb" });
  const document = aBackup([third, personal, other, work]);

  it("R11 any overlap refuses the whole recovery and is named by pointer", async () => {
    const { owner } = await anOwnerWithBackup({ document });
    const phone = await aPhone({ owner });
    const composed = { ...nameOf(other), userName: "Zoe\u0308" };
    const existing = [nameOf(anAccount()), nameOf(third), nameOf(aWorkAccount()), nameOf(work), composed];
    const existingAccounts = [...existing, nameOf(personal)];
    const problem = await expectRefused(owner, "accounts-overlap", () =>
      recover(phone, { existingAccounts }),
    );
    expect(problem.overlapping).toEqual([1, 3, 4, 5].map((at) => `/existingAccounts/${at}`));
  });

  it("R11 keep-existing restores the rest and leaves those untouched: their secrets don't come", async () => {
    const { owner } = await anOwnerWithBackup({ document });
    const phone = await aPhone({ owner });
    const existingAccounts = [nameOf(third), nameOf(work), nameOf(anAccount())];
    const reply = await recover(phone, { existingAccounts, overlap: "keep-existing" });
    expect(recoveredIn(reply).accounts).toEqual([
      { outcome: "keep", account: nameOf(third) },
      { outcome: "step-up", account: personal },
      { outcome: "restore", account: other },
      { outcome: "keep", account: nameOf(work) },
    ]);
    const { secret } = third.otp;
    expect(JSON.stringify(reply.body)).not.toContain(secret);
  });

  it("R11 an account of another kind, issuer or tenant is another account", async () => {
    const { owner } = await anOwnerWithBackup({ document });
    const existingAccounts = [
      { ...nameOf(third), issuer: "" },
      { ...nameOf(third), userName: third.userName.toUpperCase() },
      { ...nameOf(personal), kind: "third-party" },
      { ...nameOf(work), tenant: "canary-other" },
    ];
    expect((await recover(await aPhone({ owner }), { existingAccounts })).status).toBe(200);
  });
});

describe.concurrent("the request", () => {
  it("R41 is refused by pointer if it is invalid", async () => {
    const { owner } = await anOwnerWithBackup();
    const phone = await aPhone({ owner });
    const name = nameOf(anAccount());
    const cases: [object, string][] = [
      [{ platform: "windows" }, "/platform"],
      [{ platform: undefined }, "/platform"],
      [{ device: undefined }, "/device"],
      [{ device: { name: "" } }, "/device/name"],
      [{ device: { name: "x".repeat(81) } }, "/device/name"],
      [{ device: { name: "a\u0000" } }, "/device/name"],
      [{ device: { name: "a", model: "canary" } }, "/device/model"],
      [{ existingAccounts: undefined }, "/existingAccounts"],
      [{ existingAccounts: [{ ...name, fingerprint: "canary" }] }, "/existingAccounts/0/fingerprint"],
      [{ existingAccounts: [{ ...name, id: "canary canary" }] }, "/existingAccounts/0/id"],
      [{ existingAccounts: [name, { ...name, kind: "work" }] }, "/existingAccounts/1/tenant"],
      [{ existingAccounts: [{ ...name, userName: "\ud800" }] }, "/existingAccounts/0/userName"],
      [{ existingAccounts: Array.from({ length: 1001 }, () => name) }, "/existingAccounts"],
      [{ overlap: "overwrite" }, "/overlap"],
      [{ accounts: "canary" }, "/accounts"],
    ];
    const calls = cases.map(([change], at) => [`case ${at}`, () => recover(phone, change)] as const);
    const told = await expectEachRefused(owner, "invalid-request", Object.fromEntries(calls));
    expect(told.flatMap(placesIn)).toEqual(cases.map(([, pointer]) => pointer));
    const query = () => phone.call("POST", "v1/recoveries?dry-run=1", recovering(phone));
    expect(placesIn(await expectRefused(owner, "invalid-request", query))).toEqual([
      "query parameter dry-run",
    ]);
  });
});

it("R7 R17 of five devices that recover at once, all get everything, and all are registered", async () => {
  const { owner, uploaded } = await anOwnerWithBackup();
  const phones = await Promise.all(Array.from({ length: 5 }, () => aPhone({ owner })));
  const replies = await Promise.all(phones.map((phone) => recover(phone)));
  expect(statusesOf(replies)).toEqual([200, 200, 200, 200, 200]);
  for (const reply of replies) expect(recoveredIn(reply).version.id).toBe(receiptIn(uploaded).version.id);
  const listed = devicesIn((await phones[0]?.call("GET", "v1/devices")) ?? expect.fail("no phone"));
  const ids = listed.map(({ id }) => id);
  for (const { deviceId } of phones) expect(ids).toContain(deviceId);
});
