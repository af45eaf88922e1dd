/** Stands between an instance and a stand-in, notes each call that passes, and can make each take longer. */
import { Agent, createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import type { Interval } from "./statistics.ts";

export type Kind = "read" | "write" | "list" | "queue" | "vault";
export type Call = Interval & { kind: Kind };
export type RecordingProxy = {
  url: string;
  /** Those that began since it was last asked and are over. */
  take(): Call[];
  /** How many are under way. */
  running(): number;
  close(): Promise<void>;
};

type Options = {
  /** Undefined: passes at once and is noted nowhere. */
  kindOf(call: { method: string; url: string }): Kind | undefined;
  /** Added to each noted call. */
  delayMs?: () => number;
};

export async function startProxy(
  target: string,
  { kindOf, delayMs = () => 0 }: Options,
): Promise<RecordingProxy> {
  const { hostname, port, pathname } = new URL(target);
  const agent = new Agent({ keepAlive: true });
  let calls: Call[] = [];
  let running = 0;
  const server = createServer((incoming, outgoing) => {
    const { method = "", url = "", headers } = incoming;
    const kind = kindOf({ method, url });
    const startedAt = performance.now();
    if (kind) running += 1;
    outgoing.once("close", () => {
      if (!kind) return;
      running -= 1;
      calls.push({ kind, startedAt, endedAt: performance.now() });
    });
    const forwarded = request({ hostname, port, path: url, method, headers, agent }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on("error", () => outgoing.destroy());
    void passOn(incoming, forwarded, kind ? delayMs() : 0);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port: ownPort } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${ownPort}${pathname === "/" ? "" : pathname}`,
    take() {
      const taken = calls;
      calls = [];
      return taken;
    },
    running: () => running,
    async close() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function passOn(incoming: IncomingMessage, forwarded: NodeJS.WritableStream, delayMs: number) {
  if (delayMs > 0) await setTimeout(delayMs);
  incoming.pipe(forwarded);
}

export function blobKind({ method, url }: { method: string; url: string }): Kind {
  if (method !== "GET" && method !== "HEAD") return "write";
  return url.includes("comp=list") ? "list" : "read";
}

/** What the app puts there; taking messages out is the host's. */
export const queueKind = ({ method, url }: { method: string; url: string }): Kind | undefined =>
  method === "POST" && url.includes("/messages") ? "queue" : undefined;
