/** Writes owners with one backup each straight into storage, so that a sweep finds realistic data. */
/**
 * Writes and seals states and owner keys with the service's own stores. Runs in several processes, each with
 * its share.
 */
import { randomBytes, randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import { azureAdapters } from "../../../lib/azure/adapters.ts";
import { configFromEnvironment } from "../../../lib/config/config.ts";
import { type Head, newHead, type Version } from "../../../lib/domain/backup/head.ts";
import { DAY, later } from "../../../lib/domain/clock.ts";
import { newState, withHead } from "../../../lib/domain/owner/owner-state.ts";
import type { OwnerStore } from "../../../lib/domain/owner/owner-store.ts";
import { DeviceId, type OwnerId, ownerIdOf } from "../../../lib/domain/owner.ts";

const AT_ONCE = 24;

/** A sign-in `daysAgo`, and a version like any other. */
function aHead(now: Date, daysAgo: number): Head {
  const at = later(now, -daysAgo * DAY);
  const device = DeviceId.parse(randomBytes(32).toString("base64url"));
  const version: Version = {
    id: randomUUID(),
    generation: 1,
    device,
    createdAt: at,
    contentType: "application/json",
    custody: "service",
    sizeBytes: 10_000,
    digest: randomBytes(32).toString("base64url"),
    accounts: { thirdParty: 50, personal: 0, work: 0 },
    keyId: "https://vault.example/keys/backups/1",
    wrappedKey: randomBytes(384).toString("base64url"),
  };
  return {
    ...newHead(at),
    generation: 1,
    versions: [version],
    devices: [{ id: device, name: "bench", registeredAt: at, lastSeenAt: at }],
  };
}

const anOwner = (): OwnerId => ownerIdOf({ issuer: "https://issuer.example", subject: randomUUID() });

/** Prints one line per stored owner, for a progress display. */
async function fill(owners: OwnerStore, count: number, due: number): Promise<void> {
  const now = new Date();
  let left = count;
  const client = async () => {
    while (left > 0) {
      left -= 1;
      const head = aHead(now, left < due ? 100 : left % 50);
      await owners.put(anOwner(), { state: withHead(newState(), "android", head) }, undefined);
      process.stdout.write(".\n");
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
}

const { values } = parseArgs({
  options: { count: { type: "string", default: "0" }, due: { type: "string", default: "0" } },
});
const { owners } = azureAdapters(configFromEnvironment(process.env), () => new Date());
await fill(owners, Number(values.count), Number(values.due));
