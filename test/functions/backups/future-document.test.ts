/** A document stored by a newer or older version: this one opens it and hands it out unchanged. */
import { describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { sha256 } from "../../../lib/domain/hash.ts";
import { newId } from "../../../lib/domain/id.ts";
import { ownerIdOf } from "../../../lib/domain/owner.ts";
import { type App, anApp } from "../../support/app.ts";
import { aBackup, anAccount } from "../../support/builders.ts";
import { headOf, putHead } from "../../support/owners.ts";
import { aPhone } from "../../support/phones.ts";
import { anOwnerWithBackup, receiptIn, recovering } from "../helpers.ts";

/** Stores and seals the document in place of the owner's upload. */
async function store({ services }: App, subject: string, document: object): Promise<void> {
  const place = {
    owner: ownerIdOf({ issuer: inject("surroundings").issuer, subject }),
    platform: "android" as const,
  };
  const { value: head } = (await headOf(services.owners, place)) ?? expect.fail("no head");
  const [newest = expect.fail("no version")] = head.versions;
  const content = Buffer.from(JSON.stringify(document));
  const version = { ...newest, id: newId(), digest: sha256(content), sizeBytes: content.length };
  const { wrapping, sealed } = await services.versions.seal(place, version, content);
  const body = { id: version.id, sealed };
  await putHead(services.owners, place, { ...head, versions: [{ ...version, ...wrapping }] }, body);
}

const otp = anAccount().otp;
const name = { issuer: "Nextcloud", userName: "admin" };
const future = {
  accounts: [
    {
      kind: "third-party",
      id: "a",
      ...name,
      otp: { type: "blake", seed: ["canary", { a: null }] },
      since: 2027,
    },
    { kind: "third-party", id: "b", ...name, otp: { ...otp, offset: -1 } },
    { kind: "personal", issuer: "https://a.example", userName: "b", usesPush: true, avatar: { a: 1 } },
    { kind: "passkey", id: 7, credential: { id: "canary" }, userName: "anna" },
  ],
  settings: { theme: "sepia", sortBy: 3, widgets: [{ at: 1 }], custom: { "a.b": "c" } },
};

const Reply = z.looseObject({
  id: z.string(),
  accounts: z.array(z.looseObject({ outcome: z.string(), account: z.unknown() })),
  settings: z.unknown().optional(),
});

describe("R13 R32 a document of the future", () => {
  it("R13 comes back whole: unknown kinds, members, types of codes and settings", async () => {
    const app = anApp();
    const { owner } = await anOwnerWithBackup({ app });
    await store(app, owner, future);
    const phone = await aPhone({ owner, app });
    const body = { platform: "android", existingAccounts: [] };
    const plan = await phone.call("POST", "v1/recovery-plans", { body });
    expect(plan.status, JSON.stringify(plan.body)).toBe(200);
    expect(JSON.stringify(plan.body)).not.toMatch(/canary/i);
    const { id, accounts, settings } = Reply.parse(
      (await phone.call("POST", "v1/recoveries", recovering(phone))).body,
    );
    expect(accounts.map(({ account }) => account)).toEqual(future.accounts);
    expect(accounts.map(({ outcome }) => outcome)).toEqual(["restore", "restore", "step-up", "restore"]);
    expect(settings).toEqual(future.settings);
    const status = await phone.call("GET", `v1/recoveries/${id}`);
    expect(status.body).toMatchObject({
      accounts: [
        { account: { ...name, kind: "third-party", id: "a" }, state: "restored" },
        { account: { ...name, kind: "third-party", id: "b" }, state: "restored" },
        { account: { kind: "personal" }, state: "step-up" },
        { account: { kind: "passkey", userName: "anna" }, state: "restored" },
      ],
    });
    expect(JSON.stringify(status.body)).not.toMatch(/seed|credential|CANARY/);
  });

  it("R11 its comparable accounts are kept on a phone that has them, and the diagnosis works", async () => {
    const app = anApp();
    const { owner, phone: first } = await anOwnerWithBackup({ app });
    await store(app, owner, future);
    const phone = await aPhone({ owner, app });
    const existingAccounts = [{ kind: "third-party", ...name, id: "a" }];
    const body = { existingAccounts, overlap: "keep-existing" };
    const recovered = await phone.call("POST", "v1/recoveries", recovering(phone, body));
    const outcomes = Reply.parse(recovered.body).accounts.map(({ outcome }) => outcome);
    expect(outcomes).toEqual(["keep", "restore", "step-up", "restore"]);
    const diagnosis = await phone.call("POST", "v1/backups/android/diagnosis", {
      body: { existingAccounts },
    });
    expect(diagnosis.status, JSON.stringify(diagnosis.body)).toBe(200);
    const exported = await first.call("GET", "v1/me/export");
    expect(exported.body).toMatchObject({ backups: [{ versions: [{ content: future }] }] });
  });

  it("R1 R13 content that an upload may no longer hold, stored by the version before, opens unchanged", async () => {
    const app = anApp();
    const { owner, uploaded } = await anOwnerWithBackup({ app, document: aBackup([]) });
    expect(receiptIn(uploaded).version.accounts.thirdParty).toBe(0);
    const old = {
      accounts: [{ kind: "third-party", ...name, otp: { ...otp, secret: "jbswy3dp====" } }],
      settings: {},
    };
    await store(app, owner, old);
    const phone = await aPhone({ owner, app });
    const { accounts } = Reply.parse((await phone.call("POST", "v1/recoveries", recovering(phone))).body);
    expect(accounts.map(({ account }) => account)).toEqual(old.accounts);
  });
});
