/** A recovery's surroundings in memory. */
/** An owner with a backup of each kind of account, one of them proven, and a contact. */
import { accountKey, type DeviceBoundAccount } from "../../lib/domain/account.ts";
import { type BackupDocument, encodeDocument } from "../../lib/domain/backup/document.ts";
import { noFailures } from "../../lib/domain/challenges/throttle.ts";
import type { AccountCredentials } from "../../lib/domain/credentials/credential.ts";
import type { Asking } from "../../lib/domain/devices/admission.ts";
import { sha256 } from "../../lib/domain/hash.ts";
import { recoveryIn } from "../../lib/domain/owner/owner-state.ts";
import { type OwnerId, otherPlatform } from "../../lib/domain/owner.ts";
import type { RecoveryRecord } from "../../lib/domain/recovery/record.ts";
import { type RecoveryPorts, recover } from "../../lib/domain/recovery/recovery.ts";
import { aBackup, anAccount, aWorkAccount } from "../support/builders.ts";
import { headOf, putHead, putRecord } from "../support/owners.ts";
import {
  aBound,
  aCaller,
  aContact,
  aDeviceId,
  aHead,
  anOwnerId,
  aPlace,
  aPolicy,
  aRecord,
  aVersion,
  now,
} from "./builders.ts";
import { MemoryOutbox, MemoryOwners, MemorySeal, MemoryStore } from "./memory-stores.ts";

/** Uses only codes. */
export const proven = aBound();
const unproven = aBound({ userName: "other@personal.example" });

export const aMixedBackup = (): BackupDocument =>
  aBackup([
    anAccount(),
    { ...proven, usesPush: false },
    { ...unproven, usesPush: false },
    { ...aBound({ userName: "push@personal.example" }), usesPush: true },
    aWorkAccount(),
  ]);

export const memoryStores = () => ({
  owners: new MemoryOwners(),
  versions: new MemorySeal(),
  credentials: new MemoryStore<DeviceBoundAccount, AccountCredentials>(accountKey),
  recoveries: new MemoryStore<{ owner: OwnerId; record: string }, RecoveryRecord>(
    ({ owner, record }) => `${owner}/${record}`,
  ),
  outbox: new MemoryOutbox(),
});

const aBinding = { account: proven, boundAt: now, devices: [] };
const nobodysYet = { owner: anOwnerId(), holders: [], ended: [], failures: noFailures };

export type Asked = Omit<Asking, "held"> & Parameters<typeof recover>[2];
type Setup = {
  backup?: BackupDocument;
  content?: Buffer;
  head?: Parameters<typeof aHead>[0];
  /** Wraps the stores that the recovery uses. */
  through?: (stores: RecoveryPorts) => Partial<RecoveryPorts>;
};

/** An owner with this backup on Android, who has proven one account, and a phone that recovers. */
export async function aScene({ backup = aMixedBackup(), content, head = {}, through }: Setup = {}) {
  const stores = memoryStores();
  const version = aVersion({ digest: sha256(encodeDocument(backup)) });
  const { sealed } = await stores.versions.seal(aPlace(), version, content ?? encodeDocument(backup));
  const body = { id: version.id, sealed };
  await putHead(stores.owners, aPlace(), aHead({ versions: [version], ...head }), body);
  await putRecord(stores.owners, anOwnerId(), aRecord({ bindings: [aBinding], contacts: [aContact()] }));
  await stores.credentials.put(proven, nobodysYet, undefined);
  const caller = aCaller();

  const run = async (change: Partial<Asked> = {}) => {
    const held = await stores.owners.find(anOwnerId());
    const { platform = "android", from = "android" } = change;
    const asked = { caller, deviceName: "New phone", existing: [], overlap: "refuse" as const, now };
    const recovery = {
      ...asked,
      envelope: undefined,
      planSeen: undefined,
      idempotencyKey: undefined,
      staleness: aPolicy(),
      crossPlatformRecovery: "portable" as const,
      ...change,
      platform,
      from,
    };
    const asking = { caller: recovery.caller, held, now: recovery.now };
    return await recover({ ...stores, ...through?.(stores) }, asking, recovery);
  };
  /** Another upload, or a deletion, that comes between. */
  const replace = async (change: Parameters<typeof aHead>[0]) => {
    const stored = await headOf(stores.owners, aPlace());
    await putHead(stores.owners, aPlace(), { ...(stored?.value ?? aHead()), ...change });
  };
  const written = () => ({
    owners: stores.owners.writes - 2,
    credentials: stores.credentials.writes - 1,
    recoveries: stores.recoveries.writes,
    told: stores.outbox.items.length,
  });
  /** The record of the recovery that the state names. */
  const recordOf = async (id: string) => {
    const owner = anOwnerId();
    const record = recoveryIn((await stores.owners.find(owner))?.state, id)?.record;
    return record === undefined ? undefined : (await stores.recoveries.find({ owner, record }))?.value;
  };
  return { ...stores, backup, version, caller, run, replace, recordOf, written };
}
export type Scene = Awaited<ReturnType<typeof aScene>>;

export const nothing = { owners: 0, credentials: 0, recoveries: 0, told: 0 };

export const onTheOther = {
  platform: otherPlatform("android"),
  caller: aCaller({ device: aDeviceId("tablet") }),
};
