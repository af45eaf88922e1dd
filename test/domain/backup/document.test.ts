/** The document: its fields, how anything else is refused, and that it comes back unchanged. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BackupDocument, decodeDocument, encodeDocument } from "../../../lib/domain/backup/document.ts";
import { parse } from "../../../lib/http/pipeline/parse.ts";
import { aBackup, anAccount, aPersonalAccount, aWorkAccount } from "../../support/builders.ts";
import { document } from "../arbitraries.ts";
import { holds } from "../holds.ts";
import { refusalOf } from "../refusals.ts";

const read = (value: unknown) => parse(BackupDocument, value, "body");
/** The places of the faults, after a round trip through JSON as in a request. */
const faultsOf = (value: unknown) => {
  const { kind, details } = refusalOf(() => read(JSON.parse(JSON.stringify(value))));
  expect(kind).toBe("invalid-request");
  return [...new Set((details.errors ?? []).map(({ at }) => at))];
};
const withOtp = (change: object) => ({
  ...aBackup([]),
  accounts: [{ ...anAccount(), otp: { ...anAccount().otp, ...change } }],
});
const withAccount = (account: object) => ({ ...aBackup([]), accounts: [anAccount(), account] });

describe("R1 nothing but the documented fields is taken", () => {
  it.each([
    ["on the document", { ...aBackup(), notes: "" }, "/notes"],
    ["on the settings", { ...aBackup(), settings: { wallpaper: "" } }, "/settings/wallpaper"],
    ["on a third-party account", withAccount({ ...anAccount(), icon: "" }), "/accounts/1/icon"],
    ["on its one-time code", withOtp({ pin: "0000" }), "/accounts/0/otp/pin"],
    ["for notes of an account", withAccount({ ...anAccount(), note: "" }), "/accounts/1/note"],
    ["for an account's website", withAccount({ ...anAccount(), website: "" }), "/accounts/1/website"],
    [
      "on a group",
      { accounts: [], settings: { groups: [{ name: "a", icon: "" }] } },
      "/settings/groups/0/icon",
    ],
    [
      "on a personal account",
      withAccount(aPersonalAccount({ recoveryEmail: "" })),
      "/accounts/1/recoveryEmail",
    ],
    ["on a work account", withAccount(aWorkAccount({ deviceToken: "" })), "/accounts/1/deviceToken"],
    ["with a slash or a tilde in its name", { ...aBackup(), "a/b~c": 1 }, "/a~1b~0c"],
  ])("R1 refuses an unknown field %s, by its name", (_, value, at) => {
    expect(faultsOf(value)).toEqual([at]);
  });

  it.each(["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"])(
    "R1 refuses %s at every level and changes no prototype",
    (key) => {
      const own = JSON.stringify(anAccount()).slice(1);
      const text = `{"${key}":{"polluted":1},"accounts":[{"${key}":{"polluted":1},${own}],"settings":{"${key}":{"polluted":1}}}`;
      const { details } = refusalOf(() => read(JSON.parse(text)));
      const places = [`/${key}`, `/accounts/0/${key}`, `/settings/${key}`];
      expect(details.errors?.map(({ at }) => at).toSorted()).toEqual(places.toSorted());
      expect({ polluted: "polluted" in {} }).toEqual({ polluted: false });
    },
  );

  it("R1 reports every fault at once, at most a hundred", () => {
    const many = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`field${index}`, 1]));
    expect(faultsOf({ ...aBackup([]), settings: many })).toHaveLength(100);
    expect(faultsOf(withOtp({ secret: "", digits: 3, period: 0 }))).toHaveLength(3);
  });

  it.each([
    ["nothing", null],
    ["a list", []],
    ["a text", "{}"],
    ["no accounts", { settings: {} }],
  ])("R1 refuses %s for a document", (_, value) => expect(faultsOf(value)).not.toEqual([]));
});

describe("R3 only a third-party account has a secret, and a sound one", () => {
  const otp = anAccount().otp;
  it.each(["otp", "secret", "password", "privateKey", "pushKey"])(
    "R3 refuses %s on a personal or work account",
    (field) => {
      expect(faultsOf(withAccount(aPersonalAccount({ [field]: otp })))).toEqual([`/accounts/1/${field}`]);
      expect(faultsOf(withAccount(aWorkAccount({ [field]: otp })))).toEqual([`/accounts/1/${field}`]);
    },
  );

  it.each([
    ["an empty secret", { secret: "" }, "secret"],
    ["a secret with 0, 1, 8 or 9", { secret: "ABCDEFG1" }, "secret"],
    ["a secret of spaces and padding alone", { secret: " - ====" }, "secret"],
    ["a secret of one letter, which is no byte", { secret: "A" }, "secret"],
    ["a secret with padding inside", { secret: "AB==CDEF" }, "secret"],
    ["a secret of letters outside ASCII", { secret: "ＡＢＣＤ" }, "secret"],
    ["a secret that is a list", { secret: ["ABCDEFGH"] }, "secret"],
    ["a secret of 1,025 characters", { secret: "A".repeat(1025) }, "secret"],
    ["3 digits", { digits: 3 }, "digits"],
    ["11 digits", { digits: 11 }, "digits"],
    ["half a digit", { digits: 6.5 }, "digits"],
    ["digits as text", { digits: "6" }, "digits"],
    ["no period", { period: 0 }, "period"],
    ["a period of more than a day", { period: 86_401 }, "period"],
    ["another algorithm", { algorithm: "SHA3" }, "algorithm"],
    ["an algorithm in small letters", { algorithm: "sha1" }, "algorithm"],
    ["another type of code", { type: "yaotp" }, "type"],
    ["a counter on a time-based code", { counter: 1 }, "counter"],
  ])("R3 refuses %s", (_, change, field) => {
    expect(faultsOf(withOtp(change))).toEqual([`/accounts/0/otp/${field}`]);
  });

  it.each([
    ["a negative counter", -1],
    ["a counter beyond what a number holds exactly", 2 ** 53],
    ["a counter that is no whole number", 0.5],
  ])("R3 refuses %s", (_, counter) => {
    const hotp = { type: "hotp", secret: "ABCDEFGH", algorithm: "SHA1", digits: 6, counter };
    expect(faultsOf(withAccount({ ...anAccount(), otp: hotp }))).toEqual(["/accounts/1/otp/counter"]);
  });

  it.each([
    ["a control character", "a\u0007b"],
    ["a line break", "a\nb"],
    ["a line separator", "a\u2028b"],
    ["a NUL", "\u0000"],
    ["an unpaired surrogate", "a\ud83d"],
    ["a swapped surrogate pair", "\ude00\ud83d"],
    ["321 characters", "a".repeat(321)],
  ])("R3 refuses a name with %s", (_, bad) => {
    expect(faultsOf(withAccount(anAccount({ userName: bad })))).toEqual(["/accounts/1/userName"]);
    expect(faultsOf(withAccount(aPersonalAccount({ issuer: bad })))).toEqual(["/accounts/1/issuer"]);
    expect(faultsOf(withAccount(aWorkAccount({ tenant: bad })))).toEqual(["/accounts/1/tenant"]);
  });

  it("R3 takes an entry without issuer and name; a device-bound account needs all of its names", () => {
    const [nameless, another] = [1, 2].map(() => anAccount({ issuer: "", userName: "" }));
    const accounts = [nameless ?? expect.fail(), another ?? expect.fail()];
    expect(read(aBackup(accounts)).accounts).toEqual(accounts);
    expect(faultsOf(withAccount(aWorkAccount({ tenant: "" })))).toEqual(["/accounts/1/tenant"]);
    expect(faultsOf(withAccount(aPersonalAccount({ userName: "" })))).toEqual(["/accounts/1/userName"]);
  });
});

describe("R13 a document comes back exactly", () => {
  it("R13 what is encoded decodes to the same accounts in the same order, for any document", () => {
    holds(
      fc.property(document, (any) => {
        const parsed = read(JSON.parse(JSON.stringify(any)));
        expect(decodeDocument(encodeDocument(parsed))).toStrictEqual(any);
      }),
    );
  });

  it("R13 documents that say the same give the same bytes, whatever the order of their fields", () => {
    holds(
      fc.property(document, (any) => {
        expect(encodeDocument(read(backwards(any)))).toEqual(encodeDocument(read(any)));
      }),
    );
  });

  it("R13 unknown content comes back untouched: kinds, members, types of codes, settings", () => {
    const future = {
      accounts: [
        {
          kind: "third-party",
          issuer: "a",
          userName: "b",
          otp: { type: "blake", seed: [1, { a: null }] },
          since: 2027,
        },
        { kind: "third-party", issuer: "a", userName: "b", otp: { ...anAccount().otp, offset: -1 } },
        { kind: "personal", issuer: "a", userName: "b", usesPush: false, avatar: { a: 1 } },
        { kind: "work", issuer: "a", tenant: "t", userName: "b", usesPush: true, region: "eu" },
        { kind: "passkey", id: 7, issuer: { name: "a" }, credential: { id: "x" } },
      ],
      settings: { theme: "sepia", sortBy: 3, widgets: [{ at: 1 }] },
    };
    expect(decodeDocument(Buffer.from(JSON.stringify(future)))).toEqual(future);
  });

  it("R13 content that the version before has stored comes back unchanged, whatever its spelling", () => {
    const otp = { type: "totp", secret: "jbswy3dpehpk3pxp====", algorithm: "SHA1", digits: 6, period: 30 };
    const accounts = [{ kind: "third-party", issuer: "a", userName: "b", otp }];
    const settings = { sortBy: "manual", theme: "dark" };
    const old = { accounts, settings };
    expect(decodeDocument(Buffer.from(JSON.stringify(old)))).toEqual(old);
  });

  it("R39 content that is no document is refused like any other damage", () => {
    const others = [
      '{"accounts":[{}],"settings":{}}',
      '{"accounts":[{"kind":"work"}],"settings":{}}',
      "[]",
      "{}",
    ];
    for (const text of others) {
      const { kind, message } = refusalOf(() => decodeDocument(Buffer.from(text)));
      expect({ kind, message }).toEqual({
        kind: "backup-unreadable",
        message: "The backup can't be opened.",
      });
    }
  });

  // decodeDocument passes on the SyntaxError of JSON.parse, which quotes the content.
  it("R39 content that isn't even JSON is refused like any other damage", () => {
    expect(refusalOf(() => decodeDocument(Buffer.from("no JSON"))).kind).toBe("backup-unreadable");
  });
});

/** The same value with the fields of every object in reverse order. */
function backwards(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(backwards);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, backwards(each)]);
  return Object.fromEntries(entries.toReversed());
}
