/** A queue that keeps what apps put there until a test has it delivered: over HTTP, as Azurite's. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { inject } from "vitest";

export type HeldQueue = {
  /** Those by which an app puts its messages here. */
  settings: Record<string, string>;
  /** The texts that came since, as the host hands them to the function. */
  take(): string[];
  close(): Promise<void>;
};

const ENDPOINT = /QueueEndpoint=([^;]+)/;
const MESSAGE = /<MessageText>([^<]+)<\/MessageText>/;

export async function aHeldQueue(): Promise<HeldQueue> {
  const address = inject("surroundings").settings["QUEUE_STORAGE"] ?? "";
  const { host: former } = new URL(ENDPOINT.exec(address)?.[1] ?? "");
  const held: string[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const content = Buffer.concat(await incoming.toArray()).toString();
    const text = MESSAGE.exec(content)?.[1] ?? "";
    held.push(Buffer.from(text, "base64").toString());
    outgoing.writeHead(201).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    settings: { QUEUE_STORAGE: address.replaceAll(former, `127.0.0.1:${port}`) },
    take: () => held.splice(0),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
