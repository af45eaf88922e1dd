/** Who may read quietly, and the order of steps in a read (R44). */
import { describe, expect, it } from "vitest";
import { encodeDocument } from "../../../lib/domain/backup/document.ts";
import { readQuietly, requireReader } from "../../../lib/domain/backup/quiet-read.ts";
import { DAY, later } from "../../../lib/domain/clock.ts";
import { sha256 } from "../../../lib/domain/hash.ts";
import { aBackup } from "../../support/builders.ts";
import { putHead } from "../../support/owners.ts";
import { aCaller, aDevice, aDeviceId, aHead, aPlace, aVersion, now } from "../builders.ts";
import { memoryStores } from "../recovery-scene.ts";
import { refusalOf } from "../refusals.ts";

const others = aVersion({ device: aDeviceId("another") });

describe("R44 who may read", () => {
  it.each([
    ["made a version that is kept", aHead()],
    ["uploaded once", aHead({ versions: [others], devices: [aDevice({ lastUploadAt: now })] })],
    ["recovered once", aHead({ versions: [others], devices: [aDevice({ lastRecoveryAt: now })] })],
  ])("R44 a device that %s", (_, head) => {
    expect(() => requireReader(head, aCaller(), now)).not.toThrow();
  });

  it("R44 not a device that only registered", () => {
    expect(refusalOf(() => requireReader(aHead({ versions: [others] }), aCaller(), now)).kind).toBe(
      "recovery-required",
    );
  });

  it("R44 only while the owner's last sign-in, in the head or in this token, is at most thirty days old", () => {
    const [recent, old] = [later(now, -30 * DAY), later(now, -30 * DAY - 1)];
    const read = (confirmedAt: Date, authTime: Date | undefined) => () =>
      requireReader(aHead({ confirmedAt }), aCaller({ authTime }), now);
    for (const may of [read(recent, undefined), read(recent, old), read(old, recent)])
      expect(may).not.toThrow();
    for (const mayNot of [read(old, undefined), read(old, old)])
      expect(refusalOf(mayNot)).toMatchObject({
        kind: "sign-in-too-old",
        details: { maxAgeSeconds: 30 * 86_400 },
      });
  });
});

describe("R44 R18 a read", () => {
  async function aReading(granted: boolean) {
    const stores = memoryStores();
    const backup = aBackup();
    const content = encodeDocument(backup);
    const version = aVersion({ digest: sha256(content) });
    const { sealed } = await stores.versions.seal(aPlace(), version, content);
    const readBudget = { take: async () => granted };
    const body = { id: version.id, sealed };
    const held = await putHead(stores.owners, aPlace(), aHead({ versions: [version] }), body);
    const asking = { caller: aCaller(), held, now };
    return {
      backup,
      stores,
      run: () => readQuietly({ ...stores, readBudget }, asking, "android", undefined),
    };
  }

  it("R44 is logged with its device, and sends no message", async () => {
    const { backup, stores, run } = await aReading(true);
    const { document } = await run();
    expect(document).toEqual(backup);
    const { id, name } = aDevice();
    expect(stores.outbox.items).toMatchObject([
      {
        item: {
          type: "announcement",
          recipients: [],
          activity: { kind: "document-read", at: now, device: { id, name } },
        },
      },
    ]);
  });

  it("R44 R46 over the limit neither opens nor logs anything, and says when the day is over", async () => {
    const { stores, run } = await aReading(false);
    await expect(run()).rejects.toMatchObject({
      kind: "too-many-reads",
      details: { retryAfterSeconds: 14 * 3600 },
    });
    expect(stores.outbox.items).toEqual([]);
  });
});
