/** A proxy between an app and Azurite that fails like a network or a throttled account, over real HTTP. */
import { Agent, type IncomingMessage, request, type ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import { inject } from "vitest";
import { serveOnLoopback } from "../../infra/local/loopback-server.ts";

/**
 * `lost`: a write is carried out, and the line is cut instead of an answer. `silent`: there is no answer at
 * all.
 */
export type FaultKind = "429" | "503" | "delay" | "cut" | "lost" | "silent";
/** `of`: only calls whose URL contains this. */
type Order = { times?: number; of?: string; delayMs?: number };

export type FaultProxy = {
  /** `127.0.0.1:port`, instead of Azurite's own. */
  host: string;
  /** The settings with which an app calls the service through the proxy. */
  settings: Record<string, string>;
  /** How many calls met the fault since it was ordered. */
  met(): number;
  /** The next `times` calls meet it; without `times`, all. */
  order(kind: FaultKind, order?: Order): void;
  mend(): void;
  close(): Promise<void>;
};

const SERVICES = {
  storage: { names: ["BACKUPS_STORAGE", "KEYS_STORAGE"], endpoint: /BlobEndpoint=([^;]+)/ },
  queue: { names: ["QUEUE_STORAGE"], endpoint: /QueueEndpoint=([^;]+)/ },
};

/** In front of the stack's own service. */
export async function startFaultProxy(service: keyof typeof SERVICES): Promise<FaultProxy> {
  const { names, endpoint } = SERVICES[service];
  const { settings } = inject("surroundings");
  const target = new URL(endpoint.exec(settings[names[0] ?? ""] ?? "")?.[1] ?? "");
  const agent = new Agent({ keepAlive: true });
  let [kind, left, met]: [FaultKind | undefined, number, number] = [undefined, 0, 0];
  let [of, delayMs] = ["", 0];
  const take = ({ method, url = "" }: IncomingMessage): FaultKind | undefined => {
    if (left === 0 || (kind === "lost" && method === "GET") || !url.includes(of)) return undefined;
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
  const server = await serveOnLoopback(0, () => async (incoming, outgoing) => {
    const fault = take(incoming);
    if (fault === "silent") return;
    if (fault === "cut") return void incoming.socket.destroy();
    if (fault === "429" || fault === "503")
      return void incoming.resume().on("end", () => outgoing.writeHead(Number(fault)).end());
    if (fault === "delay") await setTimeout(delayMs);
    pass(incoming, outgoing, fault === "lost");
  });
  const { host } = new URL(server.url);
  return {
    host,
    settings: Object.fromEntries(
      names.map((name) => [name, settings[name]?.replaceAll(target.host, host) ?? ""]),
    ),
    met: () => met,
    order(ordered, order = {}) {
      [kind, left, met] = [ordered, order.times ?? Number.POSITIVE_INFINITY, 0];
      [of, delayMs] = [order.of ?? "", order.delayMs ?? 3000];
    },
    mend() {
      left = 0;
    },
    async close() {
      agent.destroy();
      await server.close();
    },
  };
}
