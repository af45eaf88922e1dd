/** The entries of a document: which are different accounts, and which are doubles. */
import { describe, expect, it } from "vitest";
import { type Account, accountKey } from "../../../lib/domain/account.ts";
import { BackupDocument, countAccounts, MAX_ACCOUNTS } from "../../../lib/domain/backup/document.ts";
import { parse } from "../../../lib/http/pipeline/parse.ts";
import { aBackup, anAccount, aPersonalAccount, aWorkAccount } from "../../support/builders.ts";
import { refusalOf } from "../refusals.ts";

const read = (value: unknown) => parse(BackupDocument, value, "body");
const placesOf = (value: unknown) => (refusalOf(() => read(value)).details.errors ?? []).map(({ at }) => at);

describe("R2 one backup holds all kinds of accounts", () => {
  it("R2 takes third-party, personal and work accounts side by side and counts them", () => {
    const backup = aBackup([anAccount(), aWorkAccount(), anAccount(), aPersonalAccount(), anAccount()]);
    expect(countAccounts(read(backup))).toEqual({ thirdParty: 3, personal: 1, work: 1 });
  });

  it("R2 takes 1,000 accounts and refuses 1,001", () => {
    const accounts = Array.from({ length: MAX_ACCOUNTS + 1 }, () => anAccount());
    expect(MAX_ACCOUNTS).toBe(1000);
    expect(read(aBackup(accounts.slice(1))).accounts).toHaveLength(1000);
    expect(placesOf(aBackup(accounts))).toEqual(["/accounts"]);
  });

  const named = (change: object = {}) => anAccount({ issuer: "Nextcloud", userName: "admin", ...change });
  const faultsIn = (accounts: Account[]) =>
    (refusalOf(() => read(aBackup(accounts))).details.errors ?? []).map(
      ({ at, detail }) => `${at} ${detail}`,
    );

  it("R2 takes entries of one name with different secrets, with and without ids", () => {
    const accounts = [named(), named(), named({ id: "a" }), named({ id: crypto.randomUUID() })];
    const { otp } = named();
    const differing = [{ digits: 8 }, { period: 60 }, { algorithm: "MD5" as const }];
    const almost = differing.map((change) => named({ otp: { ...otp, ...change } }));
    expect(read(aBackup([...accounts, ...almost])).accounts).toEqual([...accounts, ...almost]);
  });

  it("R2 R3 names the entry whose secret is none, also beside another of its name", () => {
    const { otp } = named();
    const accounts = [named(), { ...named(), otp: { ...otp, secret: "not base 32: 0189" } }];
    expect(placesOf(aBackup(accounts as Account[]))).toEqual(["/accounts/1/otp/secret"]);
  });

  it("R2 takes the same secret under two names, and twice under one if the app gives them ids", () => {
    const { otp } = named();
    const accounts = [named({ otp }), anAccount({ otp }), named({ otp: named().otp, id: "a" })];
    expect(read(aBackup(accounts)).accounts).toEqual(accounts);
    const twice = [named({ otp, id: "a" }), named({ otp, id: "b" })];
    expect(read(aBackup(twice)).accounts).toEqual(twice);
  });

  it("R2 refuses a double, and names both places", () => {
    const [composed, decomposed] = ["Zo\u00eb", "Zoe\u0308"].map((userName) => named({ userName }));
    const [one, other] = [composed ?? expect.fail(), { ...decomposed, otp: composed?.otp } as Account];
    const ofOne = "is the same entry as /accounts/0";
    expect(faultsIn([one, anAccount(), other, one])).toEqual([
      `/accounts/2 ${ofOne}`,
      `/accounts/3 ${ofOne}`,
    ]);
    const { otp } = named();
    const made = { type: "hotp" as const, secret: "JBSWY3DPEHPK3PXP", algorithm: "SHA1" as const, digits: 6 };
    const counted = [1, 2].map((counter) => named({ otp: { ...made, counter } }));
    expect(faultsIn(counted)).toEqual([`/accounts/1 ${ofOne}`]);
    expect(faultsIn([named({ otp }), named({ otp, id: "a" })])).toEqual([`/accounts/1 ${ofOne}`]);
    expect(faultsIn([named({ otp, id: "a" }), named({ otp })])).toEqual([`/accounts/1 ${ofOne}`]);
    const work = aWorkAccount({ id: "a" });
    expect(faultsIn([work, { ...work, id: "b" }])).toEqual([`/accounts/1 ${ofOne}`]);
  });

  it("R2 refuses an id that two entries have, and names both places", () => {
    const detail = "is also the id of /accounts/1: an id must name one entry";
    expect(faultsIn([anAccount(), anAccount({ id: "a" }), aPersonalAccount({ id: "a" })])).toEqual([
      `/accounts/2/id ${detail}`,
    ]);
  });

  it.each(["", "a b", "a/b", "x".repeat(65), "é", 7, "{3ae6f1ad-2e65-4ed2-a953-1ec0dff2386d}"])(
    "R2 refuses %s for an id",
    (id) => expect(placesOf(aBackup([{ ...anAccount(), id } as Account]))).toEqual(["/accounts/0/id"]),
  );

  it("R2 a thousand entries of one name are told apart as fast as others", () => {
    const accounts = Array.from({ length: 1000 }, () => named());
    expect(read(aBackup(accounts)).accounts).toHaveLength(1000);
    expect(faultsIn([...accounts.slice(1), accounts[1] ?? named()])).toEqual([
      "/accounts/999 is the same entry as /accounts/0",
    ]);
  });

  it("R2 tells bound accounts apart by kind, issuer, user name and tenant alone", () => {
    const name = { issuer: "i", userName: "u" };
    const accounts = [
      anAccount(name),
      anAccount({ ...name, userName: "U" }),
      anAccount({ issuer: "iu", userName: "" }),
      aPersonalAccount(name),
      aWorkAccount({ ...name, tenant: "one" }),
      aWorkAccount({ ...name, tenant: "two" }),
    ];
    expect(read(aBackup(accounts)).accounts).toEqual(accounts);
    expect(accountKey(aWorkAccount({ ...name, tenant: "one", usesPush: true, id: "a" }))).toBe(
      accountKey(aWorkAccount({ ...name, tenant: "one", usesPush: false, id: "b" })),
    );
  });
});
