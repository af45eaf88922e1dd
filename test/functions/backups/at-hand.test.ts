/** Uploads that start from the instance's cached owner: one round less, with the answers storage gives. */

import { describe, expect, it } from "vitest";
import { type AppOptions, anApp } from "../../support/app.ts";
import { between } from "../../support/between.ts";
import { aBackup, anAccount, nothingYet, replacing } from "../../support/builders.ts";
import { countedVault } from "../../support/counted-vault.ts";
import { anOwner, aPhone, type CheckedPhone } from "../../support/phones.ts";
import { refused, revoke } from "../helpers.ts";

const BACKUP = "v1/backups/android";

/** An instance; `take` returns how often it has read owner blobs and unwrapped keys since the last `take`. */
function anInstance(options: AppOptions = {}) {
  const { vault, keys } = countedVault();
  let reads = 0;
  const through = between((call, run) => {
    if (call.startsWith("read owners/")) reads += 1;
    return run();
  });
  const take = () => {
    const taken = { reads, unwraps: vault.unwraps };
    reads = vault.unwraps = 0;
    return taken;
  };
  return { app: anApp({ ...options, through, keys }), take };
}

const put = (phone: CheckedPhone, headers: Record<string, string>, body: unknown = aBackup([anAccount()])) =>
  phone.call("PUT", BACKUP, { body, headers });

/** A phone whose first backup was stored by this instance. */
async function stored({ app, take }: ReturnType<typeof anInstance>) {
  const owner = anOwner();
  const phone = await aPhone({ owner, app });
  const first = await put(phone, nothingYet);
  expect(first.status).toBe(201);
  take();
  return { owner, phone, first };
}

describe.concurrent("an upload soon after another", () => {
  it("R37 reads nothing of the owner, and opens on every instance", async () => {
    const instance = anInstance();
    const { phone, first } = await stored(instance);
    const second = await put(phone, replacing(first));
    expect({ status: second.status, calls: instance.take() }).toEqual({
      status: 200,
      calls: { reads: 0, unwraps: 0 },
    });
    phone.through(anApp().fetch);
    const recovered = await phone.call("POST", "v1/recoveries", {
      body: { platform: "android", device: { name: "phone" }, existingAccounts: [] },
    });
    expect(recovered.status).toBe(200);
  });

  it("R17 endless uploads don't keep another instance from revoking their device", async () => {
    const [here, there] = [anInstance(), anInstance()];
    const { owner, phone, first } = await stored(here);
    const other = await aPhone({ owner, app: there.app });
    const registering = { body: { platform: "android", name: "x" } };
    expect((await other.call("POST", "v1/devices", registering)).status).toBe(201);
    let last = first;
    const uploads = (async () => {
      while (last.status < 300) last = await put(phone, replacing(last));
    })();
    expect((await other.call("DELETE", `v1/devices/${phone.deviceId}`)).status).toBe(202);
    await uploads;
    refused(last, "device-suspended");
  });

  it("R37 two in a row read the owner once; so does one with the cache switched off", async () => {
    const [instance, without] = [anInstance(), anInstance({ settings: { OWNER_AT_HAND: "off" } })];
    const { phone, first } = await stored(instance);
    const second = await put(phone, replacing(first));
    const third = await put(phone, replacing(second));
    expect({ second: second.status, third: third.status, calls: instance.take() }).toEqual({
      second: 200,
      third: 200,
      calls: { reads: 1, unwraps: 0 },
    });
    phone.through(without.app.fetch);
    for (let last = third, round = 1; round <= 2; round++) {
      last = await put(phone, replacing(last));
      expect({ status: last.status, calls: without.take() }).toEqual({
        status: 200,
        calls: { reads: 1, unwraps: 0 },
      });
    }
  });

  it("R7 is refused if another instance has stored since, with that state's ETag", async () => {
    const [here, there] = [anInstance(), anInstance()];
    const { phone, first } = await stored(here);
    phone.through(there.app.fetch);
    const elsewhere = await put(phone, replacing(first));
    phone.through(here.app.fetch);
    refused(await put(phone, replacing(first)), "stale-precondition");
    expect((await put(phone, replacing(elsewhere))).status).toBe(200);
  });

  it("R8 R17 a repetition by a device that another instance has since revoked is refused, and nothing is unwrapped", async () => {
    const [here, there] = [anInstance(), anInstance()];
    const { phone } = await stored(here);
    const etag = (await phone.call("GET", BACKUP)).headers.get("etag") ?? "";
    const headers = { "if-match": etag, "idempotency-key": "once" };
    const document = aBackup([anAccount()]);
    const path = `${BACKUP}?custody=client`;
    const upload = () => phone.call("PUT", path, { body: document, headers });
    expect((await upload()).status).toBe(200);
    phone.through(there.app.fetch);
    await revoke(phone, phone);
    phone.through(here.app.fetch);
    here.take();
    refused(await upload(), "device-revoked");
    refused(await put(phone, { "if-match": etag }), "device-revoked");
    expect(here.take().unwraps).toBe(0);
  });

  it("R8 a repetition is answered by the stored state", async () => {
    const [here, there] = [anInstance(), anInstance()];
    const { phone, first } = await stored(here);
    const document = aBackup([anAccount()]);
    const headers = { ...replacing(first), "idempotency-key": "once" };
    const second = await put(phone, headers, document);
    phone.through(there.app.fetch);
    expect((await put(phone, replacing(second))).status).toBe(200);
    phone.through(here.app.fetch);
    const repeated = await put(phone, headers, document);
    expect({ status: repeated.status, body: repeated.body }).toEqual({
      status: 200,
      body: expect.objectContaining({ current: false }),
    });
  });

  it("R8 R35 a platform's first upload of an owner whom another instance has since erased opens if it is acknowledged", async () => {
    const [here, there] = [anInstance(), anInstance()];
    const owner = anOwner();
    const phone = await aPhone({ owner, app: here.app });
    const first = await put(phone, nothingYet);
    expect((await phone.call("DELETE", BACKUP, { headers: replacing(first) })).status).toBe(200);
    phone.through(there.app.fetch);
    expect((await phone.call("DELETE", "v1/me?confirm=erase-everything")).status).toBe(204);
    phone.through(here.app.fetch);
    const replies = [await put(phone, nothingYet), await put(phone, nothingYet)];
    expect(replies.map(({ status }) => status)).toContain(201);
    phone.through(anApp().fetch);
    const body = { platform: "android", device: { name: "phone" }, existingAccounts: [] };
    expect((await phone.call("POST", "v1/recoveries", { body })).status).toBe(200);
  });

  it("R35 an upload of an owner whom another instance has since erased never counts in the former incarnation", async () => {
    const [here, there] = [anInstance(), anInstance()];
    const { phone, first } = await stored(here);
    phone.through(there.app.fetch);
    expect((await phone.call("DELETE", "v1/me?confirm=erase-everything")).status).toBe(204);
    phone.through(here.app.fetch);
    refused(await put(phone, replacing(first)), "stale-precondition");
    expect((await put(phone, nothingYet)).status).toBe(201);
    phone.through(there.app.fetch);
    expect((await phone.call("GET", `${BACKUP}/versions`)).body).toMatchObject({
      versions: [{ generation: 1 }],
    });
  });
});
