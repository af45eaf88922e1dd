/** The whole local stack: the stand-ins side by side, then the Functions host with settings for them. */
import { appSettings } from "./app-settings.ts";
import { pathOf } from "./child.ts";
import { Closers } from "./closers.ts";
import { startCoreTools } from "./core-tools.ts";
import { openDataFolder } from "./data-folder.ts";
import { localValues } from "./host/app-settings.ts";
import { type HostProcess, startHost } from "./host-process.ts";
import {
  type PieceOptions,
  startIdentityAndVault,
  startIssuerOnItsPort,
  startMailboxOnItsPort,
  startMetrics,
  startStorage,
} from "./pieces.ts";
import { choosePorts, type Ports } from "./ports.ts";
import { announceIfSlow } from "./progress.ts";
import type { VaultAdmin } from "./vault-admin.ts";

export type StackOptions = {
  /** The folder for everything that lasts between starts. */
  data: string;
  ports: Ports | "free";
  /** A deployment's content: host.json, package.json, dist. Default: this repository. */
  appFolder?: string;
  /** App settings that add to the stack's own or override them. */
  settings?: Record<string, string>;
  /** Clear what earlier starts left in the data folder. */
  fresh?: boolean;
  /** Blobs and queues stay in memory: for measurements that store very much. */
  storageInMemory?: boolean;
  /** Collect the app's metrics, at an address of their own. */
  metrics?: boolean;
  /** Default: the embedded Functions host. `func`: Azure's Core Tools. `none`: the caller serves the app. */
  host?: "embedded" | "func" | "none";
  /** For the embedded host's Node and V8. */
  nodeFlags?: readonly string[];
  log(line: string): void;
};

export type Addresses = {
  api: string;
  issuer: string;
  mailbox: string;
  vault: string;
  blob: string;
  queue: string;
  metrics?: string;
};
export type Stack = {
  addresses: Addresses;
  /** The app settings that the host runs with. */
  settings: Record<string, string>;
  vaultAdmin: VaultAdmin;
  /** Undefined without a host. */
  hostPid(): number | undefined;
  close(): Promise<void>;
};

const repository = pathOf("../..", import.meta.url);

export async function startStack(options: StackOptions): Promise<Stack> {
  const closers = new Closers();
  try {
    return await start(options, closers);
  } catch (error) {
    await closers.close();
    throw error;
  }
}

async function start(options: StackOptions, closers: Closers): Promise<Stack> {
  const { data, fresh = false, appFolder = repository, storageInMemory, log } = options;
  await openDataFolder(data, fresh, closers);
  const ports = await choosePorts(data, options.ports);
  const { storage, vault, issuer, mailbox } = await startStandIns({
    data,
    storageInMemory,
    ports,
    log,
    closers,
  });
  const apiUrl = `http://127.0.0.1:${ports.api}/api`;
  const { MAX_UPLOAD_BYTES: maxUploadBytes } = { ...localValues(appFolder), ...options.settings };
  const own = appSettings({
    ...vault,
    apiUrl,
    issuerUrl: issuer.url,
    mailbox,
    azurite: storage,
    maxUploadBytes,
  });
  const metrics = options.metrics ? await startMetrics(closers) : undefined;
  const settings = { ...own, ...metrics?.settings, ...options.settings };
  const host = await startHostPiece(options, ports.api, settings, closers);
  const { blob, queue } = storage;
  const standIns = { issuer: issuer.url, mailbox: mailbox.url, vault: vault.url };
  return {
    addresses: { api: apiUrl, ...standIns, blob, queue, ...(metrics && { metrics: metrics.url }) },
    settings,
    vaultAdmin: vault.admin,
    hostPid: () => host?.pid(),
    close: () => closers.close(),
  };
}

/** If one fails, the others have all started by then and are in `closers`. */
async function startStandIns(options: PieceOptions) {
  const { log } = options;
  const starting = [
    announceIfSlow("Azurite", log, startStorage(options)),
    announceIfSlow("the vault and its key", log, startIdentityAndVault(options)),
    announceIfSlow("the OpenID issuer", log, startIssuerOnItsPort(options)),
    announceIfSlow("the mailbox", log, startMailboxOnItsPort(options)),
  ] as const;
  await Promise.allSettled(starting);
  const [storage, vault, issuer, mailbox] = await Promise.all(starting);
  return { storage, vault, issuer, mailbox };
}

async function startHostPiece(
  { appFolder = repository, host = "embedded", nodeFlags = [], log }: StackOptions,
  port: number,
  settings: Record<string, string>,
  closers: Closers,
): Promise<HostProcess | undefined> {
  if (host === "none") return undefined;
  const start = host === "func" ? startCoreTools : startHost;
  const running = await announceIfSlow(
    "the Functions host",
    log,
    start({ appFolder, port, settings, nodeFlags, log }),
  );
  closers.add(running.close);
  return running;
}
