/** Uploads: which state they may replace, what they store, and what a repetition does. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BackupDocument } from "../../../lib/domain/backup/document.ts";
import {
  type Head,
  type Precondition,
  type StoredHead,
  signedInAt,
  Version,
} from "../../../lib/domain/backup/head.ts";
import {
  planUpload,
  prepareUpload,
  storeUpload,
  type UploadRules,
} from "../../../lib/domain/backup/upload.ts";
import { DAY, later, SECOND } from "../../../lib/domain/clock.ts";
import { sha256 } from "../../../lib/domain/hash.ts";
import { headIn } from "../../../lib/domain/owner/owner-state.ts";
import { aBackup, anAccount } from "../../support/builders.ts";
import { headOf, putHead } from "../../support/owners.ts";
import {
  aCaller,
  aDevice,
  aDeviceId,
  aHead,
  anOwnerId,
  aPlace,
  aPolicy,
  aState,
  aVersion,
  now,
  someDevices,
  stored,
} from "../builders.ts";
import { holds } from "../holds.ts";
import { MemoryOutbox, MemoryOwners, MemorySeal } from "../memory-stores.ts";
import { refusalFrom, refusalOf, tally } from "../refusals.ts";

const outbox = new MemoryOutbox();
const rules: UploadRules = { staleness: aPolicy(), historyLength: 10 };
const document = aBackup();
type Change = {
  of?: BackupDocument;
  caller?: ReturnType<typeof aCaller>;
  precondition?: Precondition;
  idempotencyKey?: string;
};
const anUpload = ({
  of = document,
  caller = aCaller(),
  precondition = { replaces: '"etag-1"' },
  idempotencyKey,
}: Change = {}) =>
  prepareUpload(
    { document: of },
    { caller, custody: "service", deviceName: "Android device", precondition, idempotencyKey, now },
  );
const headAfter = (held: StoredHead | undefined, upload = anUpload(), by: UploadRules = rules): Head => {
  const plan = planUpload(aState(held?.value), "android", upload, by);
  if ("repeats" in plan) throw new Error("this upload stores nothing");
  return plan.next({ keyId: "key-2", wrappedKey: "wrapped" }).state.heads.android ?? expect.fail("no head");
};

describe("R7 an upload names the state that it replaces", () => {
  it("R7 stores on the named state, as the next generation and the current version", () => {
    const head = headAfter(stored());
    expect(head.generation).toBe(2);
    expect(head.versions.map(({ generation }) => generation)).toEqual([2, 1]);
    expect(Version.parse(head.versions[0])).toMatchObject({
      keyId: "key-2",
      createdAt: now,
      device: aDeviceId(),
    });
  });

  it.each<[string, StoredHead | undefined, Precondition]>([
    ["names another state", stored(), { replaces: '"etag-0"' }],
    ["names a state where there is none", undefined, { replaces: '"etag-1"' }],
    ["says that there is none where there is one", stored(), "nothing"],
  ])("R7 refuses an upload that %s, and tells the present generation and ETag", (_, held, precondition) => {
    const failure = refusalOf(() =>
      planUpload(aState(held?.value), "android", anUpload({ precondition }), rules),
    );
    expect(failure.kind).toBe("stale-precondition");
    expect(failure.details).toEqual(held ? { generation: 1, etag: '"etag-1"' } : { generation: 0 });
  });

  it("R6 R7 the first upload, and the one after a deletion, say that there is nothing", () => {
    const first = headAfter(undefined, anUpload({ precondition: "nothing" }));
    expect(first).toMatchObject({ generation: 1, versions: [{ generation: 1 }] });
    const deleted = stored(aHead({ deletedAt: now }));
    const again = headAfter(deleted, anUpload({ precondition: "nothing" }));
    expect(again).toMatchObject({ generation: 2, versions: [{ generation: 2 }, { generation: 1 }] });
    expect(again.deletedAt).toBeUndefined();
  });

  it("R7 of two devices that replace one state exactly one wins, whoever comes first", async () => {
    const [owners, versions] = [new MemoryOwners(), new MemorySeal()];
    const devices = someDevices(2);
    await putHead(owners, aPlace(), aHead({ devices }));
    const held = await owners.find(anOwnerId());
    const race = await Promise.allSettled(
      devices.map(({ id }) => {
        const upload = anUpload({
          caller: aCaller({ device: id }),
          precondition: { replaces: headIn(held?.state, "android")?.etag ?? "" },
        });
        return storeUpload({ owners, versions, outbox }, aPlace(), held, upload, rules);
      }),
    );
    expect(tally(race)).toEqual({ done: 1, refused: ["stale-precondition"] });
    expect(await headOf(owners, aPlace())).toMatchObject({ value: { generation: 2 } });
  });
});

describe("R8 an upload that is repeated stores once", () => {
  const key = { idempotencyKey: "key-1" };
  const stores = async () => {
    const [owners, versions] = [new MemoryOwners(), new MemorySeal()];
    const put = async (upload: ReturnType<typeof anUpload>) =>
      await storeUpload(
        { owners, versions, outbox },
        aPlace(),
        await owners.find(anOwnerId()),
        upload,
        rules,
      );
    const first = await put(anUpload({ ...key, precondition: "nothing" }));
    return { owners, versions, put, first };
  };

  it("R8 answers the same key and document with the first version, whatever state it names", async () => {
    const { owners, put, first } = await stores();
    expect(await put(anUpload({ ...key, precondition: "nothing" }))).toEqual(first);
    expect(await put(anUpload({ ...key, precondition: { replaces: '"long-gone"' } }))).toEqual(first);
    expect(owners.writes).toBe(1);
  });

  it("R8 still knows the key after other uploads", async () => {
    const { put, first } = await stores();
    await put(anUpload({ of: aBackup(), precondition: { replaces: first.stored.etag } }));
    expect((await put(anUpload({ ...key, precondition: "nothing" }))).version).toEqual(first.version);
  });

  it("R8 refuses the same key with another document", async () => {
    const { put } = await stores();
    const failure = await refusalFrom(() => put(anUpload({ ...key, of: aBackup([anAccount()]) })));
    expect(failure.kind).toBe("idempotency-key-reused");
  });

  it("R8 a key belongs to the device that sent it: another device may use the same one", () => {
    const other = aDevice({ id: aDeviceId("other") });
    const { version } = anUpload(key);
    const held = stored(
      aHead({ devices: [aDevice(), other], versions: [aVersion({ ...version, keyId: "k", generation: 1 })] }),
    );
    expect(planUpload(aState(held?.value), "android", anUpload(key), rules)).toMatchObject({
      repeats: { digest: version.digest },
    });
    expect(headAfter(held, anUpload({ ...key, caller: aCaller({ device: other.id }) })).generation).toBe(2);
  });

  it("R8 without a key the same document is stored again, and the key itself is never stored", () => {
    const upload = anUpload();
    const held = stored(aHead({ versions: [aVersion({ ...upload.version, generation: 1, keyId: "k" })] }));
    expect(headAfter(held, upload).generation).toBe(2);
    expect(anUpload(key).version.idempotencyKey).toMatch(/^[\w-]{43}$/);
    expect(anUpload(key).version.idempotencyKey).not.toContain("key-1");
  });

  it("R8 two runs of the same upload at the same time store it once", async () => {
    const [owners, versions] = [new MemoryOwners(), new MemorySeal()];
    const first = () => anUpload({ ...key, precondition: "nothing" });
    const run = () => storeUpload({ owners, versions, outbox }, aPlace(), undefined, first(), rules);
    const [one, two] = await Promise.all([run(), run()]);
    expect(one?.version).toEqual(two?.version);
    expect(owners.writes).toBe(1);
  });

  it("R8 an upload that is cut off before its head is written leaves the former backup whole", async () => {
    const { owners, versions, first } = await stores();
    const broken = { ...owners, put: () => Promise.reject(new Error("cut off")) };
    const held = await owners.find(anOwnerId());
    const upload = anUpload({ precondition: { replaces: first.stored.etag } });
    await expect(
      storeUpload({ owners: broken, versions, outbox }, aPlace(), held, upload, rules),
    ).rejects.toThrow("cut off");
    expect(await headOf(owners, aPlace())).toEqual(first.stored);
  });
});

describe("R17 who may upload", () => {
  it("R17 refuses an unknown device, except for the owner's very first upload", () => {
    const stranger = anUpload({
      caller: aCaller({ device: aDeviceId("stranger") }),
      precondition: "nothing",
    });
    for (const state of [aState(aHead()), aState(undefined, { heads: { ios: aHead() } })])
      expect(refusalOf(() => planUpload(state, "android", stranger, rules)).kind).toBe("device-unknown");
    expect(headAfter(undefined, stranger).devices).toMatchObject([{ id: aDeviceId("stranger") }]);
  });

  it("R17 refuses a revoked device before any other check", () => {
    const held = stored(aHead({ devices: [aDevice({ revokedAt: now })] }));
    const failure = refusalOf(() =>
      planUpload(aState(held?.value), "android", anUpload({ precondition: "nothing" }), rules),
    );
    expect(failure.kind).toBe("device-revoked");
  });

  it("R17 refuses one that is suspended, or has changed nothing for a year", () => {
    for (const change of [{ suspendedAt: now }, { lastSeenAt: later(now, -366 * DAY) }]) {
      const held = stored(aHead({ devices: [aDevice(change)] }));
      expect(refusalOf(() => planUpload(aState(held?.value), "android", anUpload(), rules)).kind).toBe(
        "device-suspended",
      );
    }
  });

  it("R17 marks the device as seen now, under its present name", () => {
    expect(headAfter(stored()).devices).toEqual([{ ...aDevice(), lastSeenAt: now, lastUploadAt: now }]);
  });
});

describe("R30 R28 what an upload stores", () => {
  it("R30 keeps the last versions and no more, newest first; the generation grows by one each time", () => {
    holds(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 20 }),
        (historyLength, uploads) => {
          let held = stored(aHead({ generation: 0, versions: [] }));
          for (let count = 1; count <= uploads; count++) {
            const upload = anUpload({ precondition: { replaces: held.etag } });
            held = stored(headAfter(held, upload, { ...rules, historyLength }));
            expect(held.value.generation).toBe(count);
          }
          const kept = held.value.versions.map(({ generation }) => generation);
          const expected = Array.from(
            { length: Math.min(historyLength, uploads) },
            (_, index) => uploads - index,
          );
          expect(kept).toEqual(expected);
        },
      ),
      30,
    );
  });

  it("R28 counts its token's sign-in, and never goes back to an older one", () => {
    const confirmedAt = later(now, -DAY);
    const held = stored(aHead({ confirmedAt }));
    const confirmedBy = (authTime: Date | undefined) =>
      headAfter(held, anUpload({ caller: aCaller({ authTime }) })).confirmedAt;
    expect(confirmedBy(later(confirmedAt, SECOND))).toEqual(later(confirmedAt, SECOND));
    expect(confirmedBy(later(confirmedAt, -SECOND))).toEqual(confirmedAt);
    expect(confirmedBy(undefined)).toEqual(confirmedAt);
  });

  // newHead defaults to the present time for the first sign-in, even if the token gives an older one.
  it("R27 the first upload counts the sign-in of its token, not the present time", () => {
    const signedInAt = later(now, -89 * DAY);
    const upload = anUpload({ caller: aCaller({ authTime: signedInAt }), precondition: "nothing" });
    expect(headAfter(undefined, upload, rules).confirmedAt).toEqual(signedInAt);
  });

  it("R27 R49 a first upload whose token gives no sign-in time invents none; the first known time counts", () => {
    const upload = (authTime: Date | undefined, precondition: Precondition) =>
      anUpload({ caller: aCaller({ authTime }), precondition });
    const first = headAfter(undefined, upload(undefined, "nothing"));
    const next = (held: Head, authTime: Date | undefined) =>
      headAfter(stored(held), upload(authTime, { replaces: stored(held).etag }));
    const again = next(first, undefined);
    const longAgo = later(now, -89 * DAY);
    const told = next(again, longAgo);
    const after = next(told, undefined);
    expect({
      first: signedInAt(first),
      again: signedInAt(again),
      told: signedInAt(told),
      after: signedInAt(after),
    }).toEqual({ first: undefined, again: undefined, told: longAgo, after: longAgo });
  });

  it("R39 the digest and size are those of the sealed bytes; ids are 128 random bits", () => {
    const uploads = Array.from({ length: 1000 }, () => anUpload());
    for (const { version, content } of uploads.slice(0, 3)) {
      expect(version).toMatchObject({ digest: sha256(content), sizeBytes: content.length });
    }
    expect(new Set(uploads.map(({ version }) => version.id)).size).toBe(1000);
    expect(Buffer.from(uploads[0]?.version.id ?? "", "base64url")).toHaveLength(16);
  });
});
