/** PUT v1/backups/{platform}: the allowed documents; others are refused by place, never quoting a value. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  aBackup,
  anAccount,
  aPersonalAccount,
  aSecret,
  aWorkAccount,
  nothingYet,
} from "../../support/builders.ts";
import { anOwner, aPhone, type CheckedPhone } from "../../support/phones.ts";
import { expectEachRefused, expectRefused, placesIn, receiptIn, upload } from "../helpers.ts";

const { settings } = aBackup();
const put = (phone: CheckedPhone, body: unknown) =>
  phone.call("PUT", "v1/backups/android", { body, headers: nothingYet });

/**
 * Each document is refused, the fault named by its JSON pointer, and nothing at all is stored of the owner.
 */
async function expectFaults(cases: [document: unknown, ...pointers: string[]][]): Promise<void> {
  const owner = anOwner();
  const phone = await aPhone({ owner });
  const calls = cases.map(([document], at) => [`case ${at}`, () => put(phone, document)] as const);
  const told = await expectEachRefused(owner, "invalid-request", Object.fromEntries(calls));
  for (const [at, [document, ...pointers]] of cases.entries()) {
    const problem = told[at] ?? expect.fail("not asked");
    expect(placesIn(problem), JSON.stringify(document).slice(0, 300)).toEqual(pointers);
    expect(problem.detail).toContain(pointers[0]);
  }
}

const withOtp = (change: object) => {
  const { otp, ...account } = anAccount();
  return { accounts: [{ ...account, otp: { ...otp, ...change } }], settings };
};
const withName = (change: object) => ({ accounts: [{ ...anAccount(), ...change }], settings });
const withSettings = (change: object) => ({ accounts: [], settings: { ...settings, ...change } });

describe.concurrent("unknown fields", () => {
  it("R1 are refused anywhere, and named by JSON pointer", async () => {
    await expectFaults([
      [{ ...aBackup(), photos: "canary" }, "/photos"],
      [withName({ note: "canary" }), "/accounts/0/note"],
      [withOtp({ pin: "canary" }), "/accounts/0/otp/pin"],
      [withSettings({ contacts: ["canary"] }), "/settings/contacts"],
      [{ ...aBackup(), a: 1, b: 2 }, "/a", "/b"],
      [{ ...aBackup(), "a/b~c": 1 }, "/a~1b~0c"],
      [{ ...aBackup(), "": 1 }, "/"],
    ]);
  });

  it("R1 are refused under names that every object has", async () => {
    const document = JSON.stringify(aBackup());
    const owner = anOwner();
    const phone = await aPhone({ owner });
    for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
      const body = `${document.slice(0, -1)},"${name}":{"x":"canary"}}`;
      const problem = await expectRefused(owner, "invalid-request", () => put(phone, body));
      expect(placesIn(problem)).toEqual([`/${name}`]);
    }
  });

  it("R1 are refused whatever they are called", async () => {
    const phone = await aPhone();
    const known = new Set(["accounts", "settings"]);
    const names = fc.string({ unit: "binary", maxLength: 30 }).filter((name) => !known.has(name));
    await fc.assert(
      fc.asyncProperty(names, fc.jsonValue({ maxDepth: 2 }), async (name, value) => {
        const document = Object.fromEntries([...Object.entries(aBackup()), [name, value]]);
        const reply = await put(phone, document);
        expect(reply.status, JSON.stringify(name)).toBe(400);
      }),
      { numRuns: 40 },
    );
  });

  it("R34 are listed only in part if there are a thousand", async () => {
    const phone = await aPhone();
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`${"x".repeat(500)}${at}`, 1]));
    const reply = await put(phone, { ...aBackup(), ...many });
    expect(reply.status).toBe(400);
    expect(JSON.stringify(reply.body).length).toBeLessThan(20_000);
  });
});

describe.concurrent("accounts", () => {
  it("R3 a personal or work account has no secret, under whatever name", async () => {
    const otp = { type: "totp", secret: aSecret(), algorithm: "SHA1", digits: 6, period: 30 };
    const of = (account: object) => ({ accounts: [anAccount(), account], settings });
    await expectFaults([
      [of(aPersonalAccount({ secret: aSecret() })), "/accounts/1/secret"],
      [of(aPersonalAccount({ otp })), "/accounts/1/otp"],
      [of(aPersonalAccount({ privateKey: "canary" })), "/accounts/1/privateKey"],
      [of(aWorkAccount({ secret: aSecret() })), "/accounts/1/secret"],
      [of(aWorkAccount({ otp })), "/accounts/1/otp"],
      [of(aPersonalAccount({ tenant: "canary-tenant" })), "/accounts/1/tenant"],
    ]);
  });

  it("R3 a secret is base32", async () => {
    const at = "/accounts/0/otp/secret";
    const bad = ["", "====", " - ", "C", "CANARY1", "CANARY0", "CANARY=A", "CANARY+2", "CANARYÉ", "ſſſſ"];
    await expectFaults([
      ...bad.map((secret): [unknown, string] => [withOtp({ secret }), at]),
      [withOtp({ secret: "A".repeat(1025) }), at],
      [withOtp({ secret: 42 }), at],
      [withOtp({ secret: undefined }), at],
    ]);
  });

  it("R3 one-time codes have only existing parameters", async () => {
    const hotp = { type: "hotp", period: undefined };
    await expectFaults([
      [withOtp({ digits: 3 }), "/accounts/0/otp/digits"],
      [withOtp({ digits: 11 }), "/accounts/0/otp/digits"],
      [withOtp({ digits: 6.5 }), "/accounts/0/otp/digits"],
      [withOtp({ digits: "6" }), "/accounts/0/otp/digits"],
      [withOtp({ period: 0 }), "/accounts/0/otp/period"],
      [withOtp({ period: 86_401 }), "/accounts/0/otp/period"],
      [withOtp({ algorithm: "SHA3" }), "/accounts/0/otp/algorithm"],
      [withOtp({ algorithm: "sha1" }), "/accounts/0/otp/algorithm"],
      [withOtp({ type: "canary" }), "/accounts/0/otp/type"],
      [
        withOtp({ type: "motp", algorithm: undefined, digits: undefined, period: undefined }),
        "/accounts/0/otp/secret",
      ],
      [withOtp({ ...hotp, counter: -1 }), "/accounts/0/otp/counter"],
      [withOtp({ ...hotp, counter: 2 ** 53 }), "/accounts/0/otp/counter"],
      [withOtp(hotp), "/accounts/0/otp/counter"],
      [withOtp({ counter: 1 }), "/accounts/0/otp/counter"],
      [withOtp({ type: "steam", algorithm: undefined, period: undefined }), "/accounts/0/otp/digits"],
    ]);
  });

  it("R3 names are plain, well-formed text; device-bound accounts have all of theirs", async () => {
    const bad = [
      "\0",
      "a\nb",
      "a\u0085b",
      "\u2028",
      "\u2029",
      "\u007f",
      "\ud800",
      "a\udc00",
      "x".repeat(321),
    ];
    await expectFaults([
      ...bad.map((userName): [unknown, string] => [withName({ userName }), "/accounts/0/userName"]),
      ...bad.map((issuer): [unknown, string] => [withName({ issuer }), "/accounts/0/issuer"]),
      [withName({ userName: null }), "/accounts/0/userName"],
      [{ accounts: [aPersonalAccount({ userName: "" })], settings }, "/accounts/0/userName"],
      [{ accounts: [aWorkAccount({ tenant: "\u0001" })], settings }, "/accounts/0/tenant"],
      [{ accounts: [aWorkAccount({ usesPush: "yes" })], settings }, "/accounts/0/usesPush"],
      [withSettings({ language: "\ud800" }), "/settings/language"],
    ]);
  });

  it("R1 a document has the shape of one", async () => {
    await expectFaults([
      [{ settings }, "/accounts"],
      [{ accounts: [] }, "/settings"],
      [{ accounts: {}, settings }, "/accounts"],
      [{ accounts: [null], settings }, "/accounts/0"],
      [{ accounts: [{ ...anAccount(), kind: "canary" }], settings }, "/accounts/0/kind"],
      [{ accounts: [{ issuer: "a" }], settings }, "/accounts/0/kind"],
      [withSettings({ sortBy: "canary" }), "/settings/sortBy"],
      [withSettings({ appLock: 1 }), "/settings/appLock"],
      [[], "body"],
      [null, "body"],
      [42, "body"],
      ['"canary"', "body"],
    ]);
  });

  it("R2 the same account is in it once, however its name is composed", async () => {
    const [third, work] = [anAccount(), aWorkAccount()];
    const composed = anAccount({ userName: "Zo\u00eb" });
    await expectFaults([
      [aBackup([third, third, third]), "/accounts/1", "/accounts/2"],
      [aBackup([work, anAccount(), work]), "/accounts/2"],
      [aBackup([composed, { ...composed, userName: "Zoe\u0308" }]), "/accounts/1"],
    ]);
  });

  it("R2 a document has at most 1,000 accounts", async () => {
    const accounts = Array.from({ length: 1000 }, () => anAccount());
    await expectFaults([[aBackup([...accounts, anAccount()]), "/accounts"]]);
    const reply = await upload(await aPhone(), { document: aBackup(accounts) });
    expect(receiptIn(reply).version.accounts.thirdParty).toBe(1000);
  });

  it("R2 takes values just within the limits", async () => {
    const name = (userName: string) => anAccount({ userName });
    const otp = (change: object) => ({ ...anAccount(), otp: Object.assign(anAccount().otp, change) });
    const document = aBackup([
      anAccount({ issuer: "" }),
      anAccount({ userName: "" }),
      anAccount({ issuer: "", userName: "" }),
      name("x".repeat(320)),
      name("Zoë 🔑 \u200d שלום"),
      name(`${"x".repeat(318)}🔑`),
      otp({ secret: "canarya=", digits: 4, period: 1, algorithm: "SHA512" }),
      otp({ secret: "A".repeat(1024), digits: 10, period: 86_400, algorithm: "SHA256" }),
      anAccount({ otp: { type: "steam", secret: aSecret() } }),
      anAccount({
        otp: { type: "hotp", secret: aSecret(), algorithm: "SHA1", digits: 8, counter: 2 ** 53 - 1 },
      }),
    ]);
    expect((await upload(await aPhone(), { document })).status).toBe(201);
    expect((await upload(await aPhone(), { document: { accounts: [], settings: {} } })).status).toBe(201);
  });
});
