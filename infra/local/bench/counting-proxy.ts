/** Stands before Azurite and counts the reads and writes that pass. */
import { Agent, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

export type StorageCounts = { reads: number; writes: number };
export type CountingProxy = { url: string; take(): StorageCounts; close(): Promise<void> };

export async function startCountingProxy(blobUrl: string): Promise<CountingProxy> {
  const { hostname, port, pathname } = new URL(blobUrl);
  const agent = new Agent({ keepAlive: true });
  let counts = { reads: 0, writes: 0 };
  const server = createServer((incoming, outgoing) => {
    if (incoming.method === "GET" || incoming.method === "HEAD") counts.reads += 1;
    else counts.writes += 1;
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
      counts = { reads: 0, writes: 0 };
      return taken;
    },
    async close() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
