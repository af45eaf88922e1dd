/** Checks that the connection to the service is encrypted. */
import { once } from "node:events";
import { connect, type TLSSocket } from "node:tls";
import { isOnLoopback } from "./address.ts";
import { describeUnreachable } from "./unreachable.ts";

const PATIENCE_MS = 10_000;
const LEAST_DAYS = 7;
const DAY_MS = 86_400_000;

/** @throws Error with a sentence for people */
export async function checkTransport(base: URL): Promise<string> {
  if (base.protocol === "https:") return await checkTls(base);
  if (isOnLoopback(base)) return "plain http, on loopback only";
  throw new Error("Plain http outside loopback: tokens and backups could be read on their way.");
}

async function checkTls(base: URL): Promise<string> {
  const host = base.hostname.replace(/^\[|\]$/g, "");
  const socket = connect({
    host,
    port: Number(base.port || 443),
    minVersion: "TLSv1.2",
    ...(/[^\d.:]/.test(host) && { servername: host }),
  });
  try {
    await once(socket, "secureConnect", { signal: AbortSignal.timeout(PATIENCE_MS) });
    return describe(socket);
  } catch (error) {
    throw error instanceof CertificateTooOld
      ? error
      : new Error(describeUnreachable(base, error), { cause: error });
  } finally {
    socket.destroy();
  }
}

class CertificateTooOld extends Error {}

function describe(socket: TLSSocket): string {
  const days = Math.floor((Date.parse(socket.getPeerCertificate().valid_to) - Date.now()) / DAY_MS);
  if (days < LEAST_DAYS) throw new CertificateTooOld(`The certificate ends in ${days} days.`);
  return `${socket.getProtocol()}, certificate for ${days} more days`;
}
