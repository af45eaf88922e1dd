/** Devices of one owner that change one state at the same time, over HTTP. */

import { describe, expect, it } from "vitest";
import type { Reply } from "../../infra/local/phone.ts";
import { aBackup, anAccount } from "../support/builders.ts";
import { anOwner, aPhone, type CheckedPhone } from "../support/phones.ts";
import { aContact, anAppToWatch, type Watched } from "../support/step-up.ts";
import { expectSuccess } from "../support/succeeded.ts";
import { headOf, tagOf } from "./heads.ts";
import {
  anOwnerWithBackup,
  aRegisteredPhone,
  devicesIn,
  etagOf,
  problemIn,
  receiptIn,
  recovering,
  statusesOf,
} from "./helpers.ts";

const ROUNDS = 50;

it("R7 R8 two devices on one ETag: one wins each round, the loser learns the new state, nothing is lost", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const second = await aRegisteredPhone(owner);
  let etag = etagOf(await phone.call("GET", "v1/backups/android"));
  let newest = (await headOf(owner, "android"))?.value.versions[0]?.id;
  for (let round = 1; round <= ROUNDS; round++) {
    const body = aBackup([anAccount()]);
    const put = { headers: { "if-match": etag } };
    const replies = await Promise.all([
      phone.call("PUT", "v1/backups/android", { ...put, body }),
      second.call("PUT", "v1/backups/android", { ...put, body: aBackup([anAccount()]) }),
    ]);
    const [won, ...others] = replies.filter(({ status }) => status === 200);
    const [lost] = replies.filter(({ status }) => status === 412);
    expect(statusesOf(replies)).toEqual([200, 412]);
    expect(others).toEqual([]);
    if (!won || !lost) throw new Error("nobody won");
    const { version } = receiptIn(won);
    expect(version.generation).toBe(round + 1);
    expect(problemIn(lost)).toMatchObject({ generation: round + 1, etag: etagOf(won) });
    const stored = await headOf(owner, "android");
    expect(await tagOf(owner)).toBe(etagOf(won));
    const [first, former] = stored?.value.versions ?? [];
    expect({ first: first?.id, former: former?.id }).toEqual({ first: version.id, former: newest });
    etag = etagOf(won);
    newest = version.id;
  }
  expect((await headOf(owner, "android"))?.value.generation).toBe(ROUNDS + 1);
});

it("R8 a loser that repeats with the refusal's ETag gets through: eight devices, eight generations", async () => {
  const { owner, phone, uploaded } = await anOwnerWithBackup();
  const others = await Promise.all(Array.from({ length: 7 }, () => aRegisteredPhone(owner)));
  const acknowledged = await Promise.all(
    [phone, ...others].map(async (device) => {
      let etag = etagOf(uploaded);
      for (;;) {
        const put = { body: aBackup([anAccount()]), headers: { "if-match": etag } };
        const reply = await device.call("PUT", "v1/backups/android", put);
        if (reply.status === 200) return receiptIn(reply).version;
        etag = problemIn(reply).etag ?? "";
      }
    }),
  );
  expect(acknowledged.map(({ generation }) => generation).sort()).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  const { value: head } = (await headOf(owner, "android")) ?? {};
  const chain = head?.versions.map(({ id }) => id);
  expect(chain).toHaveLength(9);
  for (const { id } of acknowledged) expect(chain).toContain(id);
});

/** An upload meanwhile makes it busy; repeated, the recovery brings back the new state (R32). */
async function recoverUnlessBusy(phone: CheckedPhone): Promise<Reply> {
  const recover = () => phone.call("POST", "v1/recoveries", recovering(phone));
  const reply = await recover();
  return reply.status === 503 ? await recover() : reply;
}

it("R7 R17 renaming, revoking, registering, recovering and uploading on one head: none of them is lost", async () => {
  for (let round = 0; round < 3; round++) {
    const { owner, phone, uploaded } = await anOwnerWithBackup();
    const [renamed, revoked] = await Promise.all([aRegisteredPhone(owner), aRegisteredPhone(owner)]);
    const [recovered, registered] = await Promise.all([aPhone({ owner }), aPhone({ owner })]);
    const etag = etagOf(await phone.call("GET", "v1/backups/android"));
    const [upload, ...others] = await Promise.all([
      phone.call("PUT", "v1/backups/android", { body: aBackup(), headers: { "if-match": etag } }),
      phone.call("PATCH", `v1/devices/${renamed.deviceId}`, { body: { name: "canary-renamed" } }),
      phone.call("DELETE", `v1/devices/${revoked.deviceId}`),
      recoverUnlessBusy(recovered),
      registered.call("POST", "v1/devices", { body: { platform: "android", name: "canary-registered" } }),
    ]);
    expect(others.map(({ status }) => status)).toEqual([200, 204, 200, 201]);
    expect([200, 412]).toContain(upload?.status);
    const devices = devicesIn(await phone.call("GET", "v1/devices"));
    const find = (id: string) => devices.find((device) => device.id === id);
    expect(find(renamed.deviceId)?.name).toBe("canary-renamed");
    expect(find(revoked.deviceId)?.revokedAt).toBeDefined();
    expect(find(recovered.deviceId)?.lastRecoveryAt).toBeDefined();
    expect(find(registered.deviceId)?.name).toBe("canary-registered");
    expect(devices).toHaveLength(5);
    const { value: head } = (await headOf(owner, "android")) ?? {};
    const acknowledged = [upload, uploaded].flatMap((reply) =>
      reply && reply.status < 300 ? [receiptIn(reply).version.id] : [],
    );
    expect(head?.versions.map(({ id }) => id)).toEqual(acknowledged);
  }
});

describe("R7 a registration, renames and contact changes amid uploads", () => {
  const BURST = 5;

  /** Changes of the owner that change no backup, to be made amid others. */
  function* changes(watched: Watched, other: CheckedPhone) {
    const made = async (...call: Parameters<CheckedPhone["call"]>) =>
      expectSuccess(await other.call(...call));
    yield () => made("POST", "v1/devices", { body: { platform: "android", name: "canary-other" } });
    for (let round = 0; round < 5; round++) {
      yield () => made("PATCH", `v1/devices/${other.deviceId}`, { body: { name: `canary ${round}` } });
      yield async () => made("DELETE", `v1/contacts/${await aContact(watched, other)}`);
    }
  }

  it.each(["one instance", "two instances"])("refuse none of them, on %s", async (instances) => {
    const watched = anAppToWatch();
    const { owner, phone, uploaded } = await anOwnerWithBackup({ app: watched.app });
    if (instances === "two instances") phone.through(watched.another().fetch);
    const other = await aPhone({ owner, app: watched.app });
    const statuses: number[] = [];
    let etag = etagOf(uploaded);
    const uploads = async () => {
      for (let n = 0; n < BURST; n++) {
        const put = { body: aBackup([anAccount()]), headers: { "if-match": etag } };
        const reply = await phone.call("PUT", "v1/backups/android", put);
        statuses.push(reply.status);
        etag = etagOf(reply);
      }
    };
    for (const change of changes(watched, other)) await Promise.all([uploads(), change()]);
    expect(statuses).toEqual(Array.from({ length: 11 * BURST }, () => 200));
    expect((await headOf(owner, "android"))?.value.generation).toBe(statuses.length + 1);
    expect(devicesIn(await phone.call("GET", "v1/devices")).map(({ name }) => name)).toContain("canary 4");
  });
});

it("R7 of an upload and a deletion on one ETag, one wins", async () => {
  for (let round = 0; round < 5; round++) {
    const { phone, uploaded } = await anOwnerWithBackup();
    const headers = { "if-match": etagOf(uploaded) };
    const replies = await Promise.all([
      phone.call("PUT", "v1/backups/android", { body: aBackup(), headers }),
      phone.call("DELETE", "v1/backups/android", { headers }),
    ]);
    expect(statusesOf(replies)).toEqual([200, 412]);
  }
});

it("R7 R17 of two unknown devices making an owner's first upload on one platform, one wins, the other stays unknown", async () => {
  for (let round = 0; round < 5; round++) {
    const owner = anOwner();
    const phones = await Promise.all([aPhone({ owner }), aPhone({ owner })]);
    const put = { body: aBackup(), headers: { "if-none-match": "*" } };
    const replies = await Promise.all(phones.map((phone) => phone.call("PUT", "v1/backups/android", put)));
    expect(statusesOf(replies)).toEqual([201, 403]);
    expect((await headOf(owner, "android"))?.value.devices).toHaveLength(1);
  }
});

it("R17 R45 two devices that revoke each other: one at least is out, and the older one not for good", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const second = await aRegisteredPhone(owner);
  const third = await aRegisteredPhone(owner);
  const replies = await Promise.all([
    phone.call("DELETE", `v1/devices/${second.deviceId}`),
    second.call("DELETE", `v1/devices/${phone.deviceId}`),
  ]);
  const revoked = devicesIn(await third.call("GET", "v1/devices")).filter(({ revokedAt }) => revokedAt);
  expect(revoked).toHaveLength(replies.filter(({ status }) => status === 204).length);
  expect(revoked.map(({ id }) => id)).not.toContain(phone.deviceId);
  const [ofOlder, ofYounger] = replies.map(({ status }) => status);
  expect([204, 403]).toContain(ofOlder);
  expect([202, 401]).toContain(ofYounger);
  expect([ofOlder, ofYounger]).not.toEqual([403, 401]);
});
