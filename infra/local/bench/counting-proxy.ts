/** Stands before Azurite and counts the reads, listings and writes that pass. */
import { Agent, createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";

export type StorageCounts = { reads: number; lists: number; writes: number };
export type CountingProxy = { url: string; take(): StorageCounts; close(): Promise<void> };

/** `isCounted`: by the path; all if left out. */
export async function startCountingProxy(
  blobUrl: string,
  isCounted = (_path: string) => true,
): Promise<CountingProxy> {
  const { hostname, port, pathname } = new URL(blobUrl);
  const agent = new Agent({ keepAlive: true });
  let counts = none();
  const server = createServer((incoming, outgoing) => {
    if (isCounted(incoming.url ?? "")) counts[kindOf(incoming)] += 1;
    const { url: path, method, headers } = incoming;
    const forwarded = request({ hostname, port, path, method, headers, agent }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on("error", () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port: ownPort } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${ownPort}${pathname}`,
    take() {
      const taken = counts;
      counts = none();
      return taken;
    },
    async close() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const none = (): StorageCounts => ({ reads: 0, lists: 0, writes: 0 });

function kindOf({ method, url = "" }: IncomingMessage): keyof StorageCounts {
  if (method !== "GET" && method !== "HEAD") return "writes";
  return url.includes("comp=list") ? "lists" : "reads";
}
