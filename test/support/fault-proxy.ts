/** Stands between an app and Azurite, and fails as a network or a throttled account does, over real HTTP. */
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";

/** `lost`: a write is carried out, and the line is cut instead of an answer. */
export type FaultKind = "429" | "503" | "delay" | "cut" | "lost";

export type FaultProxy = {
  /** `127.0.0.1:port`, in the place of Azurite's own. */
  host: string;
  /** How many calls met the fault since it was ordered. */
  met(): number;
  /** The next so many calls meet it. */
  order(kind: FaultKind, times: number): void;
  mend(): void;
  close(): Promise<void>;
};

const DELAY_MS = 3000;

export async function startFaultProxy(target: URL): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true });
  let [kind, left, met]: [FaultKind | undefined, number, number] = [undefined, 0, 0];
  const take = (method: string | undefined): FaultKind | undefined => {
    if (left === 0 || (kind === "lost" && method === "GET")) return undefined;
    left -= 1;
    met += 1;
    return kind;
  };
  const pass = (incoming: IncomingMessage, outgoing: ServerResponse, isLost: boolean) => {
    const { url: path, method, headers } = incoming;
    const { hostname, port } = target;
    const forwarded = request({ hostname, port, path, method, headers, agent }, (answer) => {
      if (isLost) return void answer.resume().on("end", () => incoming.socket.destroy());
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on("error", () => outgoing.destroy());
    incoming.pipe(forwarded);
  };
  const server = createServer(async (incoming, outgoing) => {
    const fault = take(incoming.method);
    if (fault === "cut") return void incoming.socket.destroy();
    if (fault === "429" || fault === "503")
      return void incoming.resume().on("end", () => outgoing.writeHead(Number(fault)).end());
    if (fault === "delay") await setTimeout(DELAY_MS);
    pass(incoming, outgoing, fault === "lost");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    met: () => met,
    order(ordered, times) {
      [kind, left, met] = [ordered, times, 0];
    },
    mend() {
      left = 0;
    },
    async close() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
