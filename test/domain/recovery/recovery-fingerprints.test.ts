/** Fingerprints are compared and forgotten: nothing that a recovery stores depends on one. */
import { describe, expect, it } from "vitest";
import type { ExistingAccount } from "../../../lib/domain/account.ts";
import { sha256 } from "../../../lib/domain/hash.ts";
import { aBackup, anAccount, byName, onDevice } from "../../support/builders.ts";
import { aCaller } from "../builders.ts";
import { type Asked, aScene } from "../recovery-scene.ts";
import { kindFrom } from "../refusals.ts";

const admin = { issuer: "Nextcloud", userName: "admin" };
const key = { idempotencyKey: "once", overlap: "keep-existing" as const };
const backup = aBackup([anAccount(admin)]);

describe("R11 R34 a recovery with fingerprints", () => {
  const recordWith = async (...existing: ExistingAccount[]) => {
    const { run, recordOf, version } = await aScene({ backup });
    const { id } = await run({ ...key, existing });
    const record = await recordOf(id);
    return { ...record, version: { ...version, id: "" } };
  };

  it("R34 stores the same whatever they are, and something else without them or with an id", async () => {
    const [one, other] = [anAccount(admin), anAccount(admin)];
    const record = await recordWith(onDevice(one));
    expect(await recordWith(onDevice(other))).toEqual(record);
    const others = [byName(one), onDevice(anAccount({ ...admin, id: "mine" }))];
    for (const existing of others) expect((await recordWith(existing)).request).not.toBe(record.request);
  });

  it("R32 a repetition has the first outcomes; with other outcomes it is another request", async () => {
    const { run: runBy, written } = await aScene({ backup });
    const run = (change: Partial<Asked>) => runBy({ ...change, caller: aCaller() });
    const other = onDevice(anAccount(admin));
    const first = await run({ ...key, existing: [other] });
    expect(first.outcomes).toMatchObject([{ outcome: "restore", reason: "same-name" }]);
    const before = written();
    expect((await run({ ...key, existing: [other] })).outcomes).toEqual(first.outcomes);
    const there = backup.accounts.map(onDevice);
    expect(await kindFrom(() => run({ ...key, existing: there }))).toBe("idempotency-key-reused");
    expect(written()).toMatchObject({ recoveries: before.recoveries });
  });

  it("R9 ignores them if the device has sealed the backup itself", async () => {
    const content = Buffer.from("a JWE that only the device opens");
    const { version } = await aScene({ backup });
    const jose = { ...version, contentType: "application/jose", digest: sha256(content) };
    const { run } = await aScene({ backup, content, head: { versions: [jose] } });
    const { outcomes, sealed } = await run({ existing: backup.accounts.map(onDevice) });
    expect({ outcomes, sealed }).toEqual({ outcomes: [], sealed: content.toString() });
  });
});
