/** What is known of a backup's accounts: proven, with push, or neither; the document alone doesn't decide. */
import { describe, expect, it } from "vitest";
import type { PushKey } from "../../../lib/domain/credentials/credential.ts";
import type { ProvenAccount } from "../../../lib/domain/credentials/proven-account.ts";
import { aBackup } from "../../support/builders.ts";
import { putRecord, recordOf } from "../../support/owners.ts";
import { aCaller, aDeviceId, anOwnerId, now } from "../builders.ts";
import { aScene, proven, type Scene } from "../recovery-scene.ts";

const publicKey: PushKey = { kty: "EC", crv: "P-256", x: "x".repeat(43), y: "y".repeat(43) };
const aPushHolder = { device: aDeviceId("other"), push: { publicKey, issuedAt: now } };
const onlyCodes = aBackup([{ ...proven, usesPush: false }]);

async function holdByPush({ credentials }: Scene, owner = anOwnerId()): Promise<void> {
  const held = await credentials.find(proven);
  const { value, etag } = held ?? expect.fail("no credentials");
  await credentials.put(proven, { ...value, owner, holders: [aPushHolder] }, etag);
}

async function bind({ owners }: Scene, change: Partial<ProvenAccount>): Promise<void> {
  const record = (await recordOf(owners, anOwnerId())) ?? expect.fail("no record");
  const bindings = record.bindings.map((proven) => ({ ...proven, ...change }));
  await putRecord(owners, anOwnerId(), { ...record, bindings });
}

describe("R15 an account with push, in a document that says that it uses only codes", () => {
  const usesPush = [{ outcome: "step-up", reason: "uses-push" }];

  it("R15 needs step-up if a device holds a push credential, even if it was proven before that was recorded", async () => {
    const scene = await aScene({ backup: onlyCodes });
    await holdByPush(scene);
    const { outcomes, credentials } = await scene.run();
    expect(outcomes).toMatchObject(usesPush);
    expect(credentials.size).toBe(0);
  });

  it("R15 needs step-up if its proven account says so, even if no device holds one any more", async () => {
    const scene = await aScene({ backup: onlyCodes });
    await bind(scene, { usesPush: true });
    const { outcomes, credentials } = await scene.run();
    expect(outcomes).toMatchObject(usesPush);
    expect(credentials.size).toBe(0);
  });

  it("R33 doesn't reveal another owner's present accounts: the account is no longer proven", async () => {
    const scene = await aScene({ backup: onlyCodes });
    await holdByPush(scene, anOwnerId("berit"));
    expect((await scene.run()).outcomes).toMatchObject([{ outcome: "step-up", reason: "not-bound" }]);
  });

  it("R8 a repeated recovery says the same again, even of accounts that had no push yet", async () => {
    const scene = await aScene({ backup: onlyCodes });
    const run = (idempotencyKey: string) => scene.run({ idempotencyKey, caller: aCaller() });
    const first = await run("key-1");
    expect(first.outcomes).toMatchObject([{ outcome: "restore", reason: "bound" }]);
    await holdByPush(scene);
    expect((await run("key-2")).outcomes).toMatchObject(usesPush);
    expect((await run("key-1")).outcomes).toEqual(first.outcomes);
    expect((await run("key-2")).outcomes).toMatchObject(usesPush);
  });
});
