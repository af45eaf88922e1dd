/** The quiet read of the current document by a device in step: no alarm, logged, limited (R44). */
/** It makes one vault call. */

import { CompactEncrypt } from "jose";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { Reply } from "../../../infra/local/phone.ts";
import { DAY, later } from "../../../lib/domain/clock.ts";
import type { WrappingKeys } from "../../../lib/domain/sealing/seal.ts";
import { DocumentReply } from "../../../lib/http/replies/document-reply.ts";
import { aBackup, anAccount, aPersonalAccount, aWorkAccount, nothingYet } from "../../support/builders.ts";
import { anOwner, aPhone, type CheckedPhone, signInAt } from "../../support/phones.ts";
import { aContact, anAppToWatch, recover } from "../../support/step-up.ts";
import { unsent } from "../../support/unsent.ts";
import {
  anOwnerWithBackup,
  aRegisteredPhone,
  etagOf,
  expectEachRefused,
  expectRefused,
  placesIn,
  receiptIn,
  refused,
  revoke,
  statusesOf,
  upload,
} from "../helpers.ts";
import { everythingOf } from "../stored.ts";

const path = (phone: CheckedPhone) => `v1/backups/${phone.platform}/document`;
const read = (phone: CheckedPhone, headers: Record<string, string> = {}) =>
  phone.call("GET", path(phone), { headers });
const open = (phone: CheckedPhone, envelope: unknown) =>
  phone.call("POST", path(phone), { body: { envelope } });
const documentIn = ({ status, body }: Reply) => {
  expect(status, JSON.stringify(body)).toBe(200);
  return DocumentReply.parse(body);
};

/** Counts vault calls. */
function aCountingApp() {
  const vault = { unwraps: 0 };
  const keys = (inner: WrappingKeys): WrappingKeys => ({
    ...inner,
    unwrap: async (...of) => {
      vault.unwraps += 1;
      return await inner.unwrap(...of);
    },
  });
  return { vault, ...anAppToWatch({ keys }) };
}

describe.concurrent("what it answers", () => {
  it("R44 the document as it was uploaded, in order, with the ETag that the next upload names", async () => {
    const document = aBackup([aWorkAccount(), anAccount(), aPersonalAccount(), anAccount()]);
    const { phone, uploaded } = await anOwnerWithBackup({ document });
    const reply = await read(phone);
    const { generation, digest } = receiptIn(uploaded).version;
    expect(documentIn(reply)).toEqual({
      platform: "android",
      generation,
      digest,
      etag: etagOf(uploaded),
      ...document,
    });
    expect(etagOf(reply)).toBe(etagOf(uploaded));
    const again = { accounts: documentIn(reply).accounts, settings: documentIn(reply).settings };
    const headers = { "if-match": etagOf(reply) };
    const next = await phone.call("PUT", "v1/backups/android", { body: again, headers });
    expect({ status: next.status, digest: receiptIn(next).version.digest }).toEqual({ status: 200, digest });
  });

  it("R44 R9 a device-sealed document comes unchanged", async () => {
    const phone = await aPhone();
    const jwe = await new CompactEncrypt(Buffer.from("canary"))
      .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
      .encrypt(crypto.getRandomValues(new Uint8Array(32)));
    const headers = { ...nothingYet, "content-type": "application/jose" };
    expect((await phone.call("PUT", "v1/backups/android", { body: jwe, headers })).status).toBe(201);
    expect(documentIn(await read(phone))).toMatchObject({ sealed: jwe, accounts: [], settings: {} });
  });

  it("R44 R5 under client custody the envelope is needed, and must be the newest", async () => {
    const owner = anOwner();
    const phone = await aPhone({ owner, platform: "ios" });
    const document = aBackup();
    const envelopeIn = ({ body }: Reply) => z.looseObject({ envelope: z.string() }).parse(body).envelope;
    const first = await upload(phone, { document });
    const second = await upload(phone, { document, headers: { "if-match": etagOf(first) } });
    await expectRefused(owner, "envelope-required", () => read(phone));
    const [old, present] = [envelopeIn(first), envelopeIn(second)];
    await expectRefused(owner, "envelope-outdated", () => open(phone, old));
    await expectRefused(owner, "envelope-unreadable", () => open(phone, `${present.slice(0, -8)}AAAAAAAA`));
    await expectRefused(owner, "envelope-unreadable", () => open(phone, "canary"));
    expect(documentIn(await open(phone, present)).accounts).toEqual(document.accounts);
    expect((await read(phone, { "if-none-match": etagOf(second) })).status).toBe(304);
  });

  it("R44 the same by POST if no envelope is needed; a POST without one is refused", async () => {
    const { owner, phone } = await anOwnerWithBackup();
    expect(documentIn(await open(phone, "any"))).toEqual(documentIn(await read(phone)));
    for (const [body, place] of [
      [{}, "/envelope"],
      [{ envelope: 1 }, "/envelope"],
      [{ envelope: "any", other: 1 }, "/other"],
    ] as const) {
      const call = () => phone.call("POST", path(phone), { body });
      expect(placesIn(await expectRefused(owner, "invalid-request", call))).toEqual([place]);
    }
  });

  it("R44 the restored version, and what another device uploaded meanwhile", async () => {
    const { owner, phone, uploaded } = await anOwnerWithBackup();
    const second = await aPhone({ owner });
    const recovered = await recover(second);
    const document = aBackup();
    const newer = await upload(second, { document, headers: { "if-match": etagOf(recovered) } });
    expect(documentIn(await read(phone)).accounts).toEqual(document.accounts);
    const { id } = receiptIn(uploaded).version;
    const restored = await phone.call("POST", `v1/backups/android/versions/${id}/restore`, {
      headers: { "if-match": etagOf(newer) },
    });
    expect(restored.status).toBe(200);
    const { generation, digest } = documentIn(await read(phone));
    expect({ generation, digest }).toEqual({ generation: 3, digest: receiptIn(uploaded).version.digest });
  });
});

describe.concurrent("what it costs", () => {
  it("R44 R37 one vault call, and none if the caller has the document already, even by a weak ETag", async () => {
    const { app, vault } = aCountingApp();
    const { owner, phone, uploaded } = await anOwnerWithBackup({ app });
    expect((await read(phone)).status).toBe(200);
    expect(vault.unwraps).toBe(1);
    const before = await everythingOf(owner);
    const etag = etagOf(uploaded);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const reply = await read(phone, { "if-none-match": known });
      expect({ status: reply.status, body: reply.body, etag: etagOf(reply) }, known).toEqual({
        status: 304,
        body: undefined,
        etag,
      });
    }
    expect(vault.unwraps).toBe(1);
    expect(await everythingOf(owner)).toEqual(before);
    expect((await read(phone, { "if-none-match": '"other"' })).status).toBe(200);
  });

  it("R44 R18 is in the activity log with its device, and nobody gets a mail", async () => {
    const watched = anAppToWatch();
    const { phone } = await anOwnerWithBackup({ app: watched.app });
    await aContact(watched, phone);
    const before = watched.sent.length;
    expect((await read(phone)).status).toBe(200);
    expect(watched.sent.slice(before)).toMatchObject([
      {
        type: "announcement",
        recipients: [],
        activity: { kind: "document-read", device: { id: phone.deviceId } },
      },
    ]);
  });

  it("R44 R18 nothing is handed out if it can't be logged", async () => {
    const { owner } = await anOwnerWithBackup();
    const phone = await aPhone({ owner });
    expect((await recover(phone)).status).toBe(200);
    const watched = anAppToWatch();
    phone.through(watched.app.fetch);
    expect((await unsent(watched, () => read(phone))).status).toBe(503);
  });

  it("R44 R46 a hundred a device and day, however many at once; then says truly when to retry", async () => {
    const watched = anAppToWatch();
    const { owner, phone } = await anOwnerWithBackup({ app: watched.app });
    const second = await aPhone({ owner, app: watched.app });
    expect((await recover(second)).status).toBe(200);
    for (let at = 0; at < 95; at += 19)
      await Promise.all(Array.from({ length: 19 }, async () => expect((await read(phone)).status).toBe(200)));
    const replies = await Promise.all(Array.from({ length: 10 }, () => read(phone)));
    expect(statusesOf(replies)).toEqual([200, 200, 200, 200, 200, 429, 429, 429, 429, 429]);
    const now = watched.clock.now();
    const { retryAfterSeconds = 0 } = await expectRefused(owner, "too-many-reads", () => read(phone));
    const midnight = new Date(now.getTime() + retryAfterSeconds * 1000);
    expect({ hours: midnight.getUTCHours(), minutes: midnight.getUTCMinutes() }).toEqual({
      hours: 0,
      minutes: 0,
    });
    expect((await read(second)).status).toBe(200);
    const etag = etagOf(await phone.call("GET", "v1/backups/android"));
    expect((await read(phone, { "if-none-match": etag })).status).toBe(304);
    watched.clock.pass(retryAfterSeconds * 1000);
    await phone.signIn(owner, signInAt(watched.clock.now()));
    expect((await read(phone)).status).toBe(200);
  });
});

describe.concurrent("who may", () => {
  it("R44 not a device that only registered; one that has recovered or uploaded may", async () => {
    const { owner } = await anOwnerWithBackup();
    const second = await aRegisteredPhone(owner);
    await expectRefused(owner, "recovery-required", () => read(second));
    await expectRefused(owner, "recovery-required", () => open(second, "any"));
    expect((await recover(second)).status).toBe(200);
    expect((await read(second)).status).toBe(200);
    const third = await aRegisteredPhone(owner);
    const headers = { "if-match": etagOf(await third.call("GET", "v1/backups/android")) };
    await upload(third, { headers });
    expect((await read(third)).status).toBe(200);
  });

  it("R44 not an unknown device, however fresh its sign-in, and not a revoked one", async () => {
    const { owner, phone } = await anOwnerWithBackup();
    const unknown = await aPhone({ owner });
    await expectRefused(owner, "device-unknown", () => read(unknown));
    await revoke(phone, phone);
    await expectEachRefused(owner, "device-revoked", {
      read: () => read(phone),
      open: () => open(phone, "any"),
      "with the ETag": () => read(phone, { "if-none-match": "*" }),
    });
  });

  it("R44 R16 only the backup of its own platform", async () => {
    const { owner, phone } = await anOwnerWithBackup();
    const iphone = await aRegisteredPhone(owner, { platform: "ios" });
    await upload(iphone, {
      headers: { "if-match": etagOf(await iphone.call("GET", "v1/backups/ios/staleness")) },
    });
    const problem = await expectRefused(owner, "invalid-request", () =>
      phone.call("GET", "v1/backups/ios/document"),
    );
    expect(placesIn(problem)).toEqual(["platform"]);
  });

  it("R44 only while the owner's last sign-in is at most thirty days old; signing in is enough", async () => {
    const watched = anAppToWatch();
    const { owner, phone } = await anOwnerWithBackup({ app: watched.app });
    const start = watched.clock.now();
    await phone.signIn(owner, { ...signInAt(start), expiresIn: 100 * 86_400 });
    watched.clock.pass(29 * DAY);
    expect((await read(phone)).status).toBe(200);
    watched.clock.pass(DAY + 2000);
    const reply = await read(phone);
    expect(refused(reply, "sign-in-too-old").maxAgeSeconds).toBe(30 * 86_400);
    expect(reply.headers.get("www-authenticate")).toContain(`max_age=${30 * 86_400}`);
    const authTime = Math.floor(later(watched.clock.now(), -DAY).getTime() / 1000);
    await phone.signIn(owner, { authTime, expiresIn: 100 * 86_400 });
    expect((await read(phone)).status).toBe(200);
  });

  it("R41 404 if there is none, or it was deleted", async () => {
    const owner = anOwner();
    const nobodys = await aRegisteredPhone(owner);
    await expectRefused(owner, "backup-not-found", () => read(nobodys));
    const { owner: other, phone, uploaded } = await anOwnerWithBackup();
    await phone.call("DELETE", "v1/backups/android", { headers: { "if-match": etagOf(uploaded) } });
    await expectRefused(other, "backup-not-found", () => read(phone));
  });

  it("R41 refuses by name a header that is no list of ETags", async () => {
    const { owner, phone } = await anOwnerWithBackup();
    const problem = await expectRefused(owner, "invalid-request", () =>
      read(phone, { "if-none-match": "canary" }),
    );
    expect(placesIn(problem)).toEqual(["If-None-Match"]);
  });
});

it("R44 R7 two phones in step: after a 412 the app reads, merges and uploads, and nothing is lost", async () => {
  const watched = anAppToWatch();
  const { owner, phone } = await anOwnerWithBackup({ app: watched.app });
  const second = await aPhone({ owner, app: watched.app });
  const base = await recover(second);
  const { accounts } = documentIn(await read(second));
  const [ofFirst, ofSecond] = [anAccount(), anAccount()];
  const told = watched.sent.length;
  const put = (by: CheckedPhone, list: unknown[], etag: string) =>
    by.call("PUT", "v1/backups/android", {
      body: { accounts: list, settings: {} },
      headers: { "if-match": etag },
    });
  expect((await put(second, [...accounts, ofSecond], etagOf(base))).status).toBe(200);
  refused(await put(phone, [...accounts, ofFirst], etagOf(base)), "stale-precondition");
  const newer = documentIn(await read(phone));
  expect((await put(phone, [...newer.accounts, ofFirst], newer.etag)).status).toBe(200);
  expect(documentIn(await read(second)).accounts).toEqual([...accounts, ofSecond, ofFirst]);
  const mails = watched.sent
    .slice(told)
    .filter((item) => item.type !== "announcement" || item.recipients.length > 0);
  expect(mails).toEqual([]);
});

it("R35 R44 the counter is gone with the erasure", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  expect((await read(phone)).status).toBe(200);
  const counted = async () =>
    Object.keys(await everythingOf(owner)).filter((name) => name.startsWith("budgets/"));
  expect(await counted()).toHaveLength(1);
  expect((await phone.call("DELETE", "v1/me?confirm=erase-everything")).status).toBe(204);
  expect(await counted()).toEqual([]);
});
