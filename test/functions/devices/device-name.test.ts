/** PUT v1/backups/{platform}: a device may send its name with its first upload. */
/** The receipt gives the ETag, too. */
import { CompactEncrypt } from "jose";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { aBackup, nothingYet, replacing } from "../../support/builders.ts";
import { anOwner, aPhone, type CheckedPhone } from "../../support/phones.ts";
import { devicesIn, etagOf, expectEachRefused, placesIn, receiptIn } from "../helpers.ts";

const put = (
  phone: CheckedPhone,
  name: string | undefined,
  headers: object = nothingYet,
  body: unknown = aBackup(),
) =>
  phone.call("PUT", "v1/backups/android", {
    body,
    headers: { ...headers, ...(name !== undefined && { "device-name": name }) },
  });
const nameOf = async (phone: CheckedPhone) => devicesIn(await phone.call("GET", "v1/devices"))[0]?.name;

describe.concurrent("the first upload", () => {
  it.each([
    ["Anna's phone", "Anna's phone"],
    [encodeURIComponent("Zoë 🔑 100%"), "Zoë 🔑 100%"],
    [undefined, "Android device"],
  ])("R17 names its device: %s", async (header, name) => {
    const phone = await aPhone();
    const uploaded = await put(phone, header);
    expect(receiptIn(uploaded).version.device).toEqual({ id: phone.deviceId, name });
    expect(await nameOf(phone)).toBe(name);
  });

  it("R9 R17 sets it, even for a device-sealed document", async () => {
    const phone = await aPhone();
    const key = crypto.getRandomValues(new Uint8Array(32));
    const header = { alg: "dir", enc: "A256GCM" };
    const jwe = await new CompactEncrypt(Buffer.from("{}")).setProtectedHeader(header).encrypt(key);
    const headers = { ...nothingYet, "content-type": "application/jose" };
    expect((await put(phone, "canary", headers, jwe)).status).toBe(201);
    expect(await nameOf(phone)).toBe("canary");
  });

  it("R17 a later upload renames nothing: PATCH does that", async () => {
    const phone = await aPhone();
    const uploaded = await put(phone, "first");
    expect((await put(phone, "second", replacing(uploaded))).status).toBe(200);
    expect(await nameOf(phone)).toBe("first");
  });

  it("R41 an invalid name is refused, naming the header", async () => {
    const owner = anOwner();
    const phone = await aPhone({ owner });
    const bad = {
      empty: "",
      long: "x".repeat(81),
      half: "100%",
      control: "a%00b",
      lone: "%ED%A0%80",
    };
    const calls = Object.fromEntries(Object.entries(bad).map(([why, name]) => [why, () => put(phone, name)]));
    const told = await expectEachRefused(owner, "invalid-request", calls);
    expect(told.map(placesIn)).toEqual(Object.keys(bad).map(() => ["Device-Name"]));
  });
});

it("R7 R8 the receipt gives the header's ETag, unless another upload has replaced it since", async () => {
  const phone = await aPhone();
  const keyed = { ...nothingYet, "idempotency-key": "once" };
  const document = aBackup();
  const tagIn = (body: unknown) => z.looseObject({ etag: z.string().optional() }).parse(body).etag;
  const first = await put(phone, undefined, keyed, document);
  expect(tagIn(first.body)).toBe(etagOf(first));
  const again = await put(phone, undefined, keyed, document);
  expect(tagIn(again.body)).toBe(etagOf(first));
  expect((await put(phone, undefined, { "if-match": tagIn(first.body) ?? "" })).status).toBe(200);
  const late = await put(phone, undefined, keyed, document);
  expect({ status: late.status, tag: tagIn(late.body), etag: etagOf(late) }).toEqual({
    status: 201,
    tag: undefined,
    etag: "",
  });
});
