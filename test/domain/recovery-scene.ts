/** What a recovery works on, in memory: an owner with a backup of each kind of account, one of them proven, and a contact. */
import { type BoundAccount, identityOf } from "../../lib/domain/account.ts";
import { type BackupDocument, encodeDocument } from "../../lib/domain/backup-document.ts";
import type { AccountCredentials } from "../../lib/domain/credential.ts";
import { newHead } from "../../lib/domain/head.ts";
import { type OwnerId, otherPlatform, sha256 } from "../../lib/domain/owner.ts";
import type { OwnerRecord } from "../../lib/domain/owner-record.ts";
import { type Recovery, recover, type Stores } from "../../lib/domain/recovery.ts";
import type { RecoveryRecord } from "../../lib/domain/recovery-record.ts";
import { noFailures } from "../../lib/domain/throttle.ts";
import { aBackup, anAccount, aWorkAccount } from "../support/builders.ts";
import {
  aBound,
  aCaller,
  aContact,
  aHead,
  anOwnerId,
  aPlace,
  aPolicy,
  aRecord,
  aVersion,
  now,
} from "./builders.ts";
import { MemoryHeads, MemoryOutbox, MemoryStore, MemoryVersions } from "./memory-stores.ts";

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
  heads: new MemoryHeads(),
  versions: new MemoryVersions(),
  records: new MemoryStore<OwnerId, OwnerRecord>((owner) => owner),
  credentials: new MemoryStore<BoundAccount, AccountCredentials>(identityOf),
  recoveries: new MemoryStore<{ owner: OwnerId; id: string }, RecoveryRecord>(
    ({ owner, id }) => `${owner}/${id}`,
  ),
  outbox: new MemoryOutbox(),
});

const aBinding = { account: proven, boundAt: now, devices: [] };
const nobodysYet = { owner: anOwnerId(), holders: [], ended: [], failures: noFailures };

type Setup = {
  backup?: BackupDocument;
  content?: Buffer;
  head?: Parameters<typeof aHead>[0];
  /** Stands between the recovery and the stores. */
  through?: (stores: Stores) => Partial<Stores>;
};

/** An owner with this backup on Android, who has proven one account, and a phone that recovers. */
export async function aScene({ backup = aMixedBackup(), content, head = {}, through }: Setup = {}) {
  const stores = memoryStores();
  const version = aVersion({ digest: sha256(encodeDocument(backup)) });
  await stores.versions.put(aPlace(), version, content ?? encodeDocument(backup));
  await stores.heads.put(aPlace(), aHead({ versions: [version], ...head }), undefined);
  await stores.records.put(anOwnerId(), aRecord({ bindings: [aBinding], contacts: [aContact()] }), undefined);
  await stores.credentials.put(proven, nobodysYet, undefined);
  const held = await stores.heads.find(aPlace());
  const caller = aCaller();

  const run = (change: Partial<Recovery> = {}) => {
    const { platform = "android", from = "android" } = change;
    const asked = { caller, deviceName: "New phone", existing: [], overlap: "refuse" as const, now };
    const recovery = {
      ...asked,
      envelope: undefined,
      planSeen: undefined,
      idempotencyKey: undefined,
      staleness: aPolicy(),
      ...change,
      platform,
      from,
    };
    return recover({ ...stores, ...through?.(stores) }, { android: held }, recovery);
  };
  /** Another upload, or a deletion, that comes between. */
  const replace = async (change: Parameters<typeof aHead>[0]) => {
    const stored = await stores.heads.find(aPlace());
    await stores.heads.put(aPlace(), { ...(stored?.value ?? newHead(now)), ...change }, stored?.etag);
  };
  const written = () => ({
    heads: stores.heads.writes - 1,
    records: stores.records.writes - 1,
    credentials: stores.credentials.writes - 1,
    recoveries: stores.recoveries.writes,
    told: stores.outbox.items.length,
  });
  return { ...stores, backup, version, caller, run, replace, written };
}
export type Scene = Awaited<ReturnType<typeof aScene>>;

export const nothing = { heads: 0, records: 0, credentials: 0, recoveries: 0, told: 0 };

export const onTheOther = { platform: otherPlatform("android") };
