/** Starts the stack's stand-ins. Slow imports run while another stand-in starts. */
import { type Azurite, startAzurite } from "./azurite.ts";
import type { Closers } from "./closers.ts";
import { startCollector } from "./collector/start-collector.ts";
import { dataFiles } from "./data-folder.ts";
import { type ManagedIdentity, startManagedIdentity } from "./identity.ts";
import type { LoopbackServer } from "./loopback-server.ts";
import { type Mailbox, startMailbox } from "./mailbox/start-mailbox.ts";
import type { Ports } from "./ports.ts";
import { startVault } from "./vault/start-vault.ts";
import { createVaultAdmin, type PublicKey, type VaultAdmin } from "./vault-admin.ts";

const containers = ["backups", "keys"];
const queues = ["messages", "sweeps"];
const keyName = "backup-kek";

export type PieceOptions = {
  data: string;
  /** Storage stays in memory: faster, and gone at the end. */
  storageInMemory?: boolean | undefined;
  ports: Ports;
  log(line: string): void;
  closers: Closers;
};
type VaultPiece = { url: string; identity: ManagedIdentity; admin: VaultAdmin; publicKeys: PublicKey[] };

export async function startStorage({
  data,
  storageInMemory,
  ports,
  log,
  closers,
}: PieceOptions): Promise<Azurite> {
  const folder = storageInMemory ? undefined : dataFiles(data).azurite;
  const starting = startAzurite({ data: folder, ports, log });
  const { ensureContainers, ensureQueues } = await import("./containers.ts");
  const azurite = await starting;
  closers.add(azurite.close);
  const { connectionString } = azurite;
  await Promise.all([ensureContainers(connectionString, containers), ensureQueues(connectionString, queues)]);
  return azurite;
}

export async function startIdentityAndVault({ data, ports, closers }: PieceOptions): Promise<VaultPiece> {
  const identity = await startManagedIdentity({ port: ports.identity });
  closers.add(identity.close);
  const dataFile = dataFiles(data).vault;
  const vault = await startVault({ port: ports.vault, dataFile, verifyToken: identity.verifyToken });
  closers.add(vault.close);
  const admin = createVaultAdmin(vault.url, identity);
  await admin.ensureKey(keyName);
  return { url: vault.url, identity, admin, publicKeys: await admin.publicKeys(keyName) };
}

export async function startIssuerOnItsPort({ data, ports, closers }: PieceOptions): Promise<LoopbackServer> {
  const { startIssuer } = await import("./issuer/start-issuer.ts");
  const issuer = await startIssuer({ port: ports.issuer, dataFile: dataFiles(data).issuer });
  closers.add(issuer.close);
  return issuer;
}

export async function startMailboxOnItsPort({ ports, closers }: PieceOptions): Promise<Mailbox> {
  const mailbox = await startMailbox({ port: ports.mailbox });
  closers.add(mailbox.close);
  return mailbox;
}

/** A collector, and the settings with which the app sends it its figures every second. */
export async function startMetrics(closers: Closers) {
  const { url, close } = await startCollector({ port: 0 });
  closers.add(close);
  return { url, settings: { METRICS_COLLECTOR: url, METRICS_INTERVAL_SECONDS: "1" } };
}
