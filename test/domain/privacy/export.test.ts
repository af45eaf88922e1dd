/** The export has every stored field of an owner, except for a few that nobody may see. */
import { describe, expect, it } from "vitest";
import { Head } from "../../../lib/domain/backup/head.ts";
import { AccountCredentials } from "../../../lib/domain/credentials/credential.ts";
import { OwnerRecord } from "../../../lib/domain/owner/owner-record.ts";
import { exportOwner } from "../../../lib/domain/privacy/export.ts";
import { RecoveryRecord } from "../../../lib/domain/recovery/record.ts";
import { unreadable } from "../../../lib/domain/sealing/seal.ts";
import { putOwner } from "../../support/owners.ts";
import { anOwnerId, now } from "../builders.ts";
import { memoryStores } from "../recovery-scene.ts";
import { leavesOf, samplesOf } from "../samples.ts";

/** Secrets and keyed hashes. Everything else stored is exported. */
const WITHHELD = [
  "credentials.holders.code.secret",
  "credentials.formerOwner",
  "record.challenges.codeHash",
  "head.versions.wrappedKey",
];

const first = <T>([sample]: T[]): T => sample ?? expect.fail("no sample");

const sampled = () => ({
  head: first(samplesOf(Head)),
  record: first(samplesOf(OwnerRecord)),
  recoveries: samplesOf(RecoveryRecord),
  credentials: first(samplesOf(AccountCredentials)),
});

/** Stores with the state of this sample's owner. */
async function storesWith({ head, record, recoveries, credentials }: ReturnType<typeof sampled>) {
  const { owner } = credentials;
  const stores = {
    ...memoryStores(),
    activity: { append: async () => undefined, read: async () => ({ entries: [], intact: true }) },
    belongings: { recoveries: async () => recoveries.map((_, index) => String(index)) },
  };
  const held = await putOwner(stores.owners, owner, (state) => ({
    state: {
      ...state,
      heads: { android: head },
      erased: { at: now, hadContact: true, accounts: ["canary"] },
    },
    record,
  }));
  for (const { account } of record.bindings) await stores.credentials.put(account, credentials, undefined);
  for (const [index, recovery] of recoveries.entries())
    await stores.recoveries.put({ owner, record: String(index) }, recovery, undefined);
  return { owner, held, stores };
}

describe("R35 an export", () => {
  it("R35 has every field of every stored schema, except secrets and keyed hashes", async () => {
    const sample = sampled();
    const { owner, held, stores } = await storesWith(sample);
    const whole = await exportOwner(stores, owner, held);
    expect(whole).toMatchObject({ erasure: { erasedAt: now } });
    const exported = leavesOf(whole);
    const told = new Set(exported.map(({ name, value }) => `${name} ${value}`));
    const values = new Set(exported.map(({ value }) => value));
    const leaves = leavesOf(sample);
    for (const { path, name, value } of leaves) {
      if (WITHHELD.includes(path)) expect(values, path).not.toContain(value);
      else expect(told, path).toContain(`${name} ${value}`);
    }
    const paths = leaves.map(({ path }) => path);
    for (const path of WITHHELD) expect(paths).toContain(path);
  });

  it("R33 has nothing of an account that has moved to another owner", async () => {
    const sample = sampled();
    const { owner, held, stores } = await storesWith(sample);
    for (const { account } of sample.record.bindings) {
      const { etag } = (await stores.credentials.find(account)) ?? {};
      const moved = { ...sample.credentials, owner: anOwnerId("another") };
      await stores.credentials.put(account, moved, etag);
    }
    const { boundAccounts } = await exportOwner(stores, owner, held);
    expect(JSON.parse(JSON.stringify(boundAccounts))).toEqual(
      JSON.parse(JSON.stringify(sample.record.bindings)),
    );
  });

  it("R39 marks parts that can't be opened", async () => {
    const sample = sampled();
    const { owner, held, stores } = await storesWith(sample);
    const shut = { find: () => Promise.reject(unreadable()), put: async () => undefined };
    const damaged = { ...stores, recoveries: shut, credentials: shut };
    const { recoveries, boundAccounts } = await exportOwner(damaged, owner, held);
    for (const recovery of recoveries) expect(recovery).toMatchObject({ unreadable: true });
    for (const { credentials } of boundAccounts) expect(credentials).toEqual({ unreadable: true });
    expect({ recoveries: recoveries.length, boundAccounts: boundAccounts.length }).toEqual({
      recoveries: sample.recoveries.length,
      boundAccounts: 2,
    });
  });
});
