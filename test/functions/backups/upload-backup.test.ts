/** PUT v1/backups/{platform}: preconditions and devices. */
import { describe, expect, it } from "vitest";
import { aBackup, anAccount, aPersonalAccount, aWorkAccount, nothingYet } from "../../support/builders.ts";
import { anOwner, aPhone, type CheckedPhone } from "../../support/phones.ts";
import { tagOf } from "../heads.ts";
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
  statusIn,
  upload,
} from "../helpers.ts";
import { encodeUtf8 } from "../raw.ts";
import { everythingOf } from "../stored.ts";

const put = (phone: CheckedPhone, headers: Record<string, string>, path = "v1/backups/android") =>
  phone.call("PUT", path, { body: aBackup(), headers });

describe.concurrent("an ETag", () => {
  it("R7 names only the backup: devices, contacts, recoveries, refusals and the other platform don't change it", async () => {
    const { owner, phone, uploaded } = await anOwnerWithBackup();
    const deeds: Record<string, () => Promise<unknown>> = {
      "a registration": () => aRegisteredPhone(owner),
      "a recovery": async () => {
        const other = await aPhone({ owner });
        expect((await other.call("POST", "v1/recoveries", recovering(other))).status).toBe(200);
      },
      "another name": () =>
        phone.call("PATCH", `v1/devices/${phone.deviceId}`, { body: { name: "canary-renamed" } }),
      "a contact": () =>
        phone.call("POST", "v1/contacts", {
          body: { channel: "email", address: `canary-${owner}@mail.example`, language: "en" },
        }),
      "a refused upload": () => phone.call("PUT", "v1/backups/android", { body: {}, headers: nothingYet }),
      "the other platform's upload": async () => {
        const other = await aPhone({ owner, platform: "ios" });
        await register(other);
        await upload(other);
      },
    };
    for (const [name, deed] of Object.entries(deeds)) {
      await deed();
      const status = await phone.call("GET", "v1/backups/android");
      expect({ name, etag: etagOf(status) }).toEqual({ name, etag: etagOf(uploaded) });
    }
    expect((await put(phone, { "if-match": etagOf(uploaded) })).status).toBe(200);
  });

  it("R7 differs after delete and undelete, and after each upload of the same document", async () => {
    const { phone, uploaded } = await anOwnerWithBackup();
    const seen = [etagOf(uploaded)];
    const last = () => ({ headers: { "if-match": seen.at(-1) ?? "" } });
    seen.push(etagOf(await phone.call("DELETE", "v1/backups/android", last())));
    seen.push(etagOf(await phone.call("POST", "v1/backups/android/undelete", last())));
    for (const _ of [1, 2]) seen.push(etagOf(await put(phone, last().headers)));
    expect(new Set(seen).size).toBe(5);
    for (const stale of seen.slice(0, -1)) expect((await put(phone, { "if-match": stale })).status).toBe(412);
  });

  it("R7 registrations never make an upload's ETag stale", async () => {
    const { owner, phone, uploaded } = await anOwnerWithBackup();
    const [stored] = await Promise.all([
      put(phone, { "if-match": etagOf(uploaded) }),
      ...Array.from({ length: 5 }, () => aRegisteredPhone(owner)),
    ]);
    expect(stored.status).toBe(200);
  });
});

describe.concurrent("a first upload", () => {
  it("R2 R5 stores personal, work and third-party accounts side by side and answers 201 with a receipt", async () => {
    const phone = await aPhone();
    const accounts = [
      anAccount(),
      anAccount(),
      anAccount(),
      aPersonalAccount(),
      aPersonalAccount(),
      aWorkAccount(),
    ];
    const reply = await upload(phone, { document: aBackup(accounts) });
    expect(reply.status).toBe(201);
    const { version, current, platform } = receiptIn(reply);
    expect({ current, platform, generation: version.generation }).toEqual({
      current: true,
      platform: "android",
      generation: 1,
    });
    expect(version.accounts).toEqual({ thirdParty: 3, personal: 2, work: 1 });
    expect(version.device).toEqual({ id: phone.deviceId, name: "Android device" });
    const status = await phone.call("GET", "v1/backups/android");
    expect(statusIn(status)).toMatchObject({ version, etag: etagOf(reply) });
  });

  it("R17 registers the device that made it", async () => {
    const { owner, phone } = await anOwnerWithBackup({ platform: "ios" });
    const devices = devicesIn(await phone.call("GET", "v1/devices"));
    expect(devices.map(({ id, platform }) => [id, platform])).toEqual([[phone.deviceId, "ios"]]);
    expect(Object.keys(await everythingOf(owner))).toEqual(["owners/"]);
  });

  it("R17 is refused to an unknown device if the owner has a backup, on either platform", async () => {
    const { owner } = await anOwnerWithBackup();
    const [android, ios] = [await aPhone({ owner }), await aPhone({ owner, platform: "ios" })];
    await expectEachRefused(owner, "device-unknown", {
      "the same platform": () => put(android, nothingYet),
      "the other platform": () => put(ios, nothingYet, "v1/backups/ios"),
      "as the other platform": () => put(ios, nothingYet),
    });
  });

  it("R17 is refused to an unknown device if the owner has only a device, on either platform", async () => {
    const owner = anOwner();
    await aRegisteredPhone(owner);
    const [android, ios] = [await aPhone({ owner }), await aPhone({ owner, platform: "ios" })];
    await expectEachRefused(owner, "device-unknown", {
      "the same platform": () => put(android, nothingYet),
      "the other platform": () => put(ios, nothingYet, "v1/backups/ios"),
    });
  });

  it("R17 is refused to an unknown device after all devices were revoked", async () => {
    const { owner, phone } = await anOwnerWithBackup();
    await revoke(phone, phone);
    const unknown = await aPhone({ owner });
    await expectRefused(owner, "device-unknown", () => put(unknown, nothingYet));
  });

  it("R17 is taken from a device that was registered before", async () => {
    const phone = await aRegisteredPhone(anOwner());
    expect(receiptIn(await upload(phone)).version.device.name).toBe("canary-phone");
  });

  it("R17 a device belongs to one platform", async () => {
    const { owner, phone } = await anOwnerWithBackup();
    const problem = await expectRefused(owner, "invalid-request", () =>
      put(phone, nothingYet, "v1/backups/ios"),
    );
    expect(placesIn(problem)).toEqual(["platform"]);
  });

  it("R2 an owner has one backup on each platform, and neither touches the other", async () => {
    const { owner, phone } = await anOwnerWithBackup();
    const before = await tagOf(owner);
    const iphone = await aRegisteredPhone(owner, { platform: "ios" });
    await upload(iphone);
    expect(await tagOf(owner)).toBe(before);
    expect((await phone.call("GET", "v1/backups/ios")).status).toBe(200);
  });
});

describe.concurrent("preconditions", () => {
  it("R7 an upload that names the present ETag makes the next generation and answers 200", async () => {
    const { phone, uploaded } = await anOwnerWithBackup();
    const reply = await upload(phone, { headers: { "if-match": etagOf(uploaded) } });
    expect({ status: reply.status, generation: receiptIn(reply).version.generation }).toEqual({
      status: 200,
      generation: 2,
    });
    expect(etagOf(reply)).not.toBe(etagOf(uploaded));
    const third = await upload(phone, { headers: { "if-match": ` ${etagOf(reply)} ` } });
    expect(receiptIn(third).version.generation).toBe(3);
  });

  it("R7 428 without a precondition", async () => {
    const { owner, phone } = await anOwnerWithBackup();
    await expectRefused(owner, "precondition-required", () => put(phone, {}));
  });

  it("R7 412 names the present generation and an ETag that can be used at once", async () => {
    const { owner, phone, uploaded } = await anOwnerWithBackup();
    const second = await upload(phone, { headers: { "if-match": etagOf(uploaded) } });
    const { phone: other, uploaded: others } = await anOwnerWithBackup();
    const told = await expectEachRefused(owner, "stale-precondition", {
      "a former one": () => put(phone, { "if-match": etagOf(uploaded) }),
      "another owner's": () => put(phone, { "if-match": etagOf(others) }),
      "one that never was": () => put(phone, { "if-match": '"0x0"' }),
      "no backup yet": () => put(phone, nothingYet),
    });
    for (const problem of told) expect(problem).toMatchObject({ generation: 2, etag: etagOf(second) });
    expect((await put(phone, { "if-match": told[0]?.etag ?? "" })).status).toBe(200);
    expect((await other.call("GET", "v1/backups/android")).headers.get("etag")).toBe(etagOf(others));
  });

  it("R7 412 says generation 0 if nothing at all is stored", async () => {
    const owner = anOwner();
    const phone = await aPhone({ owner });
    const problem = await expectRefused(owner, "stale-precondition", () =>
      put(phone, { "if-match": '"0x1"' }),
    );
    expect(problem.generation).toBe(0);
    expect(problem.etag).toBeUndefined();
  });

  it("R7 refuses anything but one ETag in If-Match", async () => {
    const { owner, phone, uploaded } = await anOwnerWithBackup();
    const etag = etagOf(uploaded);
    const bare = etag.replaceAll('"', "");
    const words = [
      "*",
      `W/${bare}`,
      `W/${etag}, ${etag}`,
      `${etag}, "x"`,
      `${etag},${etag}`,
      bare,
      `"${bare}`,
      '""',
      "",
      "''",
      `"é"`,
      `"日"`,
    ];
    const calls = words.map((word) => [word, () => put(phone, { "if-match": encodeUtf8(word) })] as const);
    const told = await expectEachRefused(owner, "invalid-request", Object.fromEntries(calls));
    for (const problem of told) expect(placesIn(problem)).toEqual(["If-Match"]);
  });

  it("R7 refuses anything but * in If-None-Match, and both headers at once", async () => {
    const { owner, phone, uploaded } = await anOwnerWithBackup();
    const etag = etagOf(uploaded);
    const words = [etag, `W/${etag}`, "*, *", "", '"*"'];
    const calls = words.map((word) => [word, () => put(phone, { "if-none-match": word })] as const);
    const both = () => put(phone, { "if-match": etag, "if-none-match": "*" });
    const told = await expectEachRefused(owner, "invalid-request", { ...Object.fromEntries(calls), both });
    for (const problem of told) expect(placesIn(problem)).toEqual(["If-None-Match"]);
  });

  it("R6 turns backup on again after a deletion: If-None-Match or the deletion's ETag, not the former one", async () => {
    for (const again of ["nothing", "deletion"]) {
      const { owner, phone, uploaded } = await anOwnerWithBackup();
      const former = { "if-match": etagOf(uploaded) };
      const deleted = await phone.call("DELETE", "v1/backups/android", { headers: former });
      await expectRefused(owner, "stale-precondition", () => put(phone, former));
      const reply = await put(phone, again === "nothing" ? nothingYet : { "if-match": etagOf(deleted) });
      expect({ status: reply.status, generation: receiptIn(reply).version.generation }).toEqual({
        status: again === "nothing" ? 201 : 200,
        generation: 2,
      });
      const status = statusIn(await phone.call("GET", "v1/backups/android"));
      expect({ deletedAt: status.deletedAt, state: status.staleness.state }).toEqual({
        deletedAt: undefined,
        state: "fresh",
      });
    }
  });
});
