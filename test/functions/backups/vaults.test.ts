/** Whole vaults over HTTP: entries of one name, five types of codes, groups and settings. */
/** Recovered on new phones, and on phones with a part of the vault. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { Reply } from "../../../infra/local/phone.ts";
import type { BackupDocument } from "../../../lib/domain/backup/document.ts";
import { document as vaults } from "../../domain/arbitraries.ts";
import { aBackup, anAccount, aSecret, byName, nothingYet, onDevice } from "../../support/builders.ts";
import { anOwner, aPhone, type CheckedPhone } from "../../support/phones.ts";
import { anOwnerWithBackup, expectRefused, recovering, refused, upload } from "../helpers.ts";

const Recovered = z.looseObject({
  accounts: z.array(z.looseObject({ outcome: z.string(), reason: z.string(), account: z.unknown() })),
  settings: z.unknown().optional(),
  askAgainWith: z.array(z.string()).optional(),
});
const recover = (phone: CheckedPhone, change: object = {}, headers: Record<string, string> = {}) =>
  phone.call("POST", "v1/recoveries", { ...recovering(phone, change), headers });
function recoveredIn({ status, body }: Reply) {
  expect(status, JSON.stringify(body)).toBe(200);
  const { accounts, ...rest } = Recovered.parse(body);
  return {
    ...rest,
    accounts: accounts.map(({ account }) => account),
    outcomes: accounts.map(({ outcome, reason }) => `${outcome} ${reason}`),
  };
}
const keepExisting = { overlap: "keep-existing" };
const admin = { issuer: "Nextcloud", userName: "admin" };

describe.concurrent("vaults", () => {
  it("F37 R1 R2 R3 R13 any vault comes back, on a new phone and on one that has a part of it", async () => {
    const property = fc.asyncProperty(vaults, fc.nat(11), async (vault, part) => {
      const { owner } = await anOwnerWithBackup({ owner: anOwner(), document: vault });
      const whole = recoveredIn(await recover(await aPhone({ owner })));
      expect(whole.accounts).toEqual(vault.accounts);
      expect(whole.settings).toEqual(vault.settings);
      const existingAccounts = vault.accounts.slice(0, part).map(onDevice);
      const rest = recoveredIn(await recover(await aPhone({ owner }), { existingAccounts, ...keepExisting }));
      expect(rest.askAgainWith).toBeUndefined();
      for (const [at, account] of vault.accounts.entries()) {
        if (at < part) expect(rest.outcomes[at]).toBe("keep on-device");
        else if (rest.outcomes[at] !== "keep on-device") expect(rest.accounts[at]).toEqual(account);
      }
    });
    await fc.assert(property, { numRuns: 12 });
  });

  it("R3 R13 secrets in any spelling and omitted defaults come back in one form and filled in", async () => {
    const owner = anOwner();
    const phone = await aPhone({ owner });
    const sent = [
      { ...byName(anAccount()), otp: { type: "totp", secret: "jbsw y3dp ehpk 3pxp" } },
      { issuer: "", userName: "", kind: "third-party", otp: { secret: "GEZD-GNBV", type: "yandex" } },
    ];
    const body = { settings: {}, accounts: sent };
    expect((await phone.call("PUT", "v1/backups/android", { body, headers: nothingYet })).status).toBe(201);
    const { accounts } = recoveredIn(await recover(await aPhone({ owner })));
    const filled = { type: "totp", secret: "JBSWY3DPEHPK3PXP", algorithm: "SHA1", digits: 6, period: 30 };
    expect(accounts).toEqual([
      { ...sent[0], otp: filled },
      { ...sent[1], otp: { type: "yandex", secret: "GEZDGNBV" } },
    ]);
  });

  it("R13 the same content has the same digest, in any order of its fields and settings", async () => {
    const account = anAccount({ id: "a" });
    const document = aBackup([account]);
    const settings = { custom: { b: 1, a: true }, groups: [{ name: "Work", members: ["a"] }], theme: "dark" };
    const texts = [
      { ...document, settings },
      {
        settings: { theme: "dark", groups: [{ members: ["a"], name: "Work" }], custom: { a: true, b: 1 } },
        accounts: [Object.fromEntries(Object.entries(account).toReversed())],
      },
    ];
    const digests = await Promise.all(
      texts.map(async (body) => {
        const reply = await (await aPhone()).call("PUT", "v1/backups/android", { body, headers: nothingYet });
        return z.looseObject({ version: z.looseObject({ digest: z.string() }) }).parse(reply.body).version
          .digest;
      }),
    );
    expect(digests[0]).toBe(digests[1]);
  });
});

describe.concurrent("entries of one name", () => {
  const vault = (): BackupDocument =>
    aBackup([anAccount(admin), anAccount({ ...admin, id: "two" }), anAccount({ issuer: "Other" })]);

  it("R11 another account of a name that the phone has is restored beside it, and refuses nothing", async () => {
    const document = vault();
    const { owner } = await anOwnerWithBackup({ document });
    const existingAccounts = [onDevice(anAccount(admin))];
    const { accounts, outcomes } = recoveredIn(await recover(await aPhone({ owner }), { existingAccounts }));
    expect(accounts).toEqual(document.accounts);
    expect(outcomes).toEqual(["restore same-name", "restore same-name", "restore in-backup"]);
  });

  it("R11 R12 a plan and a recovery tell them apart, and say when names aren't enough", async () => {
    const document = vault();
    const [one, two] = document.accounts;
    const { owner } = await anOwnerWithBackup({ document });
    const plan = async (...existingAccounts: object[]) => {
      const phone = await aPhone({ owner });
      const body = { platform: "android", existingAccounts };
      return Recovered.extend({ id: z.string(), overlapping: z.array(z.string()) }).parse(
        (await phone.call("POST", "v1/recovery-plans", { body })).body,
      );
    };
    if (one?.kind !== "third-party" || two?.kind !== "third-party") return expect.fail();
    const unsure = await plan(byName(one));
    expect(unsure).toMatchObject({ askAgainWith: ["fingerprint"], overlapping: ["/existingAccounts/0"] });
    expect(unsure.accounts.map(({ reason }) => reason)).toEqual(["name-only", "name-only", "in-backup"]);
    const sure = await plan(onDevice(one));
    expect(sure.askAgainWith).toBeUndefined();
    expect(sure.accounts.map(({ reason }) => reason)).toEqual(["on-device", "same-name", "in-backup"]);
    expect(sure.accounts.map(({ account }) => account)).toMatchObject([{}, { id: "two" }, {}]);
    const sameId = await plan({ ...byName(two), id: "two", fingerprint: "A".repeat(22) });
    expect(sameId.accounts.map(({ reason }) => reason)).toEqual(["same-name", "same-id", "in-backup"]);
    expect(new Set([unsure.id, sure.id, sameId.id]).size).toBe(3);
    const existingAccounts = [byName(one)];
    const refusal = await expectRefused(owner, "accounts-overlap", async () =>
      recover(await aPhone({ owner }), { existingAccounts }),
    );
    expect(refusal).toMatchObject({ askAgainWith: ["fingerprint"] });
    const kept = recoveredIn(await recover(await aPhone({ owner }), { existingAccounts, ...keepExisting }));
    expect(kept).toMatchObject({
      askAgainWith: ["fingerprint"],
      outcomes: ["keep name-only", "keep name-only", "restore in-backup"],
    });
  });

  it("R11 R32 a repeated recovery gets the same answer; asking again with fingerprints is another request", async () => {
    const document = vault();
    const [one] = document.accounts;
    if (!one) return expect.fail();
    const { owner } = await anOwnerWithBackup({ document });
    const phone = await aPhone({ owner });
    const key = { "idempotency-key": crypto.randomUUID() };
    const asking = (...existingAccounts: object[]) =>
      recover(phone, { existingAccounts, ...keepExisting }, key);
    const first = recoveredIn(await asking(onDevice(one)));
    expect(recoveredIn(await asking(onDevice(one)))).toEqual(first);
    refused(await asking(byName(one)), "idempotency-key-reused");
    refused(await asking(onDevice(anAccount(admin))), "idempotency-key-reused");
  });

  it("R34 an account from an answer can be sent back unchanged: surplus members are ignored", async () => {
    const document = vault();
    const { owner } = await anOwnerWithBackup({ document });
    const phone = await aPhone({ owner });
    const { accounts } = recoveredIn(await recover(phone));
    const again = await recover(phone, { existingAccounts: accounts, ...keepExisting });
    expect(recoveredIn(again).outcomes).toEqual(["keep name-only", "keep same-id", "keep name-only"]);
    expect(JSON.stringify(again.body)).not.toContain("CANARY");
  });

  it("R2 a document with doubles is refused, and both places are named", async () => {
    const [one, other] = [anAccount(admin), anAccount({ id: "a" })];
    const owner = anOwner();
    const phone = await aPhone({ owner });
    const document = aBackup([one, other, one, anAccount({ id: "a" })]);
    const problem = await expectRefused(owner, "invalid-request", () =>
      phone.call("PUT", "v1/backups/android", { body: document, headers: nothingYet }),
    );
    expect(problem.errors).toEqual([
      { at: "/accounts/2", detail: "is the same entry as /accounts/0" },
      { at: "/accounts/3/id", detail: "is also the id of /accounts/1: an id must name one entry" },
    ]);
    await upload(phone, {
      document: aBackup([one, anAccount({ ...admin, otp: { type: "steam", secret: aSecret() } })]),
    });
  });
});
