/** Builds every port of the domain on Azure from the settings. */
import type { TokenCredential } from "@azure/identity";
import { memoizeFor } from "../cache.ts";
import type { Config } from "../config/config.ts";
import { type Clock, SECOND } from "../domain/clock.ts";
import type { Messenger } from "../domain/messages/messenger.ts";
import type { WrappingKeys } from "../domain/sealing/seal.ts";
import { lastRuns } from "../domain/sweeps/sweep.ts";
import { blobService, managedIdentity, queueService } from "./credential.ts";
import { blobOwnerKeys } from "./keys/blob-owner-keys.ts";
import { blobShardKeys, rewrapShardKey, shardKeyedHash } from "./keys/blob-shard-keys.ts";
import { keyVault } from "./keys/key-vault.ts";
import { lastingSeal, ownerSeal } from "./keys/owner-seal.ts";
import { versionSeal } from "./keys/version-seal.ts";
import { communicationMessenger } from "./mail/communication.ts";
import { storageCalls } from "./storage-calls.ts";
import { blobActivityLog } from "./stores/blob-activity-log.ts";
import { blobBelongings } from "./stores/blob-belongings.ts";
import { BlobOwnerStore, bodiesOf } from "./stores/blob-owner-store.ts";
import { blobReadBudget } from "./stores/blob-read-budget.ts";
import { blobSendBudget } from "./stores/blob-send-budget.ts";
import { blobSweeps, SWEEP_QUEUE } from "./stores/blob-sweeps.ts";
import { type Blobs, blobContainer } from "./stores/blobs.ts";
import { sendTo } from "./stores/queue-messages.ts";
import { OUTBOX_QUEUE, openQueued, queueCounts, queueOutbox } from "./stores/queue-outbox.ts";
import {
  anchorStore,
  credentialStore,
  findForProvider,
  namedCredentialStore,
  recoveryStore,
  SERVICE,
  ticketStore,
} from "./stores/record-stores.ts";

/** Wraps the stores' blobs and wrapping keys: tests and benchmarks count or break calls here. */
export type Between = {
  blobs(blobs: Blobs, container: "backups" | "keys"): Blobs;
  keys(keys: WrappingKeys): WrappingKeys;
};

const nothing: Between = { blobs: (blobs) => blobs, keys: (keys) => keys };

export function azureAdapters(config: Config, clock: Clock, between: Between = nothing) {
  const { vault, senders, clientId, smsDailyLimits, staleness, contactCoolingOffHours, keepsAtHand } = config;
  const credential = managedIdentity(clientId);
  const { backups, keys, messages, pages } = storageOf(config, credential, clock, between);
  const wrapping = between.keys(keyVault(credential, vault, clock));
  const ownerKeys = blobOwnerKeys(keys, clock);
  const shards = blobShardKeys(keys, wrapping);
  const seal = ownerSeal(shards, ownerKeys, ownerKeys.require);
  const sealFirst = ownerSeal(shards, ownerKeys, ownerKeys.obtain);
  const lasting = lastingSeal(shards, ownerKeys, SERVICE);
  const keyedHash = shardKeyedHash(shards);
  const credentials = credentialStore(backups, seal, keyedHash);
  const policy = { staleness, coolingOffHours: contactCoolingOffHours };
  const sweepStore = blobSweeps(backups, keys, pages.send);
  const messenger: Messenger = communicationMessenger(senders, credential);
  return {
    sweepWork: sweepWork(backups, keys, wrapping),
    sweepStore,
    recentRuns: memoizeFor(clock, 10 * SECOND, () => lastRuns(sweepStore)),
    owners: new BlobOwnerStore(backups, ownerKeys, sealFirst, keyedHash, policy, {
      atHand: keepsAtHand ? clock : undefined,
    }),
    versions: versionSeal(ownerKeys, wrapping),
    recoveries: recoveryStore(backups, seal),
    credentials,
    findForProvider: findForProvider(credentials, keyedHash, shards),
    tickets: ticketStore(backups, sealFirst),
    activity: blobActivityLog(backups, anchorStore(backups, seal), seal),
    outbox: queueOutbox(messages.send, { seal: sealFirst, lasting }),
    openQueued: (message: unknown) => openQueued({ seal, lasting }, message),
    countMessages: messages.count,
    countPages: pages.count,
    sendBudget: blobSendBudget(backups, smsDailyLimits),
    readBudget: blobReadBudget(backups),
    belongings: blobBelongings(backups, namedCredentialStore(backups, sealFirst), keyedHash, seal),
    serviceOwner: SERVICE,
    keyedHash,
    messenger,
  };
}

function storageOf({ storage, queue }: Config, credential: TokenCredential, clock: Clock, between: Between) {
  const container = (name: "backups" | "keys") => {
    const client = blobService(storage[name], credential).getContainerClient(name);
    return between.blobs(blobContainer(client, storageCalls(storage[name], credential)), name);
  };
  const queues = queueService(queue, credential);
  const call = storageCalls(queue, credential);
  const queueNamed = (name: string) => {
    const [client, poison] = [queues.getQueueClient(name), queues.getQueueClient(`${name}-poison`)];
    return { send: sendTo(client.url, call), count: queueCounts(client, poison, clock) };
  };
  return {
    backups: container("backups"),
    keys: container("keys"),
    messages: queueNamed(OUTBOX_QUEUE),
    pages: queueNamed(SWEEP_QUEUE),
  };
}

/** Adapters that only sweeps use. */
const sweepWork = (backups: Blobs, keys: Blobs, wrapping: WrappingKeys) => ({
  list: backups.list,
  remove: backups.delete,
  bodiesOf,
  rewrapShardKey: rewrapShardKey(keys, wrapping),
  isCurrentKey: wrapping.isCurrent,
  findNewestKeys: wrapping.findNewest,
});
