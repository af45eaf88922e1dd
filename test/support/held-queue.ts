/** A queue that keeps what apps put there until a test has it delivered: over HTTP, as Azurite's. */
import { inject } from "vitest";
import { readBody, serveOnLoopback } from "../../infra/local/loopback-server.ts";

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
  const { url, close } = await serveOnLoopback(0, () => async (incoming, outgoing) => {
    const text = MESSAGE.exec(await readBody(incoming, 2 ** 17))?.[1] ?? "";
    held.push(Buffer.from(text, "base64").toString());
    outgoing.writeHead(201).end();
  });
  return {
    settings: { QUEUE_STORAGE: address.replaceAll(former, new URL(url).host) },
    take: () => held.splice(0),
    close,
  };
}
