/**
 * Puts owners with a backup each straight into the storage: heads and owner keys, written and sealed by the stores that the
 * service itself uses, so that a sweep finds what it would find in real life. Runs in processes of its own, a share each.
 */
import { randomBytes, randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import { BlobServiceClient } from "@azure/storage-blob";
import { blobHeadStore } from "../../../lib/azure/blob-head-store.ts";
import { blobOwnerKeys } from "../../../lib/azure/blob-owner-keys.ts";
import { blobContainer } from "../../../lib/azure/blobs.ts";
import { DAY, later } from "../../../lib/domain/clock.ts";
import type { Head, HeadStore, Version } from "../../../lib/domain/head.ts";
import { DeviceId, type OwnerId, ownerIdOf } from "../../../lib/domain/owner.ts";
import type { StalenessPolicy } from "../../../lib/domain/staleness.ts";

const AT_ONCE = 24;

/** As the service sets them by default. */
const POLICY: StalenessPolicy = {
  signInAgingDays: 60,
  signInStaleDays: 90,
  uploadAgingDays: 120,
  uploadStaleDays: 180,
  undeleteDays: 30,
  retiredKeyIds: [],
};

/** Signed in `daysAgo`, and a version that looks like any other. */
function aHead(now: Date, daysAgo: number): Head {
  const at = later(now, -daysAgo * DAY);
  const device = DeviceId.parse(randomBytes(32).toString("base64url"));
  const version: Version = {
    ...{ id: randomUUID(), generation: 1, device, createdAt: at, contentType: "application/json" },
    ...{ custody: "service", sizeBytes: 10_000, digest: randomBytes(32).toString("base64url") },
    ...{ accounts: { thirdParty: 50, personal: 0, work: 0 }, keyId: "https://vault.example/keys/backups/1" },
  };
  return {
    ...{ generation: 1, versions: [version], confirmedAt: at, spentProofs: [] },
    devices: [{ id: device, name: "bench", registeredAt: at, lastSeenAt: at }],
  };
}

function storesOf(connectionString: string): HeadStore {
  const service = BlobServiceClient.fromConnectionString(connectionString);
  const container = (name: string) => blobContainer(service.getContainerClient(name));
  return blobHeadStore(
    container("backups"),
    blobOwnerKeys(container("keys"), () => new Date()),
    POLICY,
  );
}

const anOwner = (): OwnerId => ownerIdOf({ issuer: "https://issuer.example", subject: randomUUID() });

/** One line a stored owner, for whoever shows how far it has come. */
async function fill(heads: HeadStore, count: number, due: number): Promise<void> {
  const now = new Date();
  let left = count;
  const client = async () => {
    while (left > 0) {
      left -= 1;
      const head = aHead(now, left < due ? 100 : left % 50);
      await heads.put({ owner: anOwner(), platform: "android" }, head, undefined);
      process.stdout.write(".\n");
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
}

const { values } = parseArgs({
  options: { count: { type: "string", default: "0" }, due: { type: "string", default: "0" } },
});
const { FILL_STORAGE: storage = "" } = process.env;
await fill(storesOf(storage), Number(values.count), Number(values.due));
