/** A proxy between an instance and a stand-in: records each call and can delay it. */
import { Agent, request } from "node:http";
import { serveOnLoopback } from "../../local/loopback-server.ts";
import type { Interval } from "./statistics.ts";

export type Kind = "read" | "write" | "list" | "queue" | "vault" | "delivered";
export type Call = Interval & { kind: Kind };
export type RecordingProxy = {
  url: string;
  /** Calls that began since the last `take` and have ended. */
  take(): Call[];
  /** How many calls are running. */
  running(): number;
  close(): Promise<void>;
};

type PassingCall = { method: string; url: string };
/** What a call waits for before it is passed on. */
export type Hold = (call: PassingCall, kind: Kind | undefined) => Promise<unknown> | undefined;
/** Calls without a kind aren't recorded. */
type Options = { kindOf(call: PassingCall): Kind | undefined; hold?: Hold };

export async function startProxy(target: string, { kindOf, hold }: Options): Promise<RecordingProxy> {
  const { hostname, port, pathname } = new URL(target);
  const agent = new Agent({ keepAlive: true });
  let calls: Call[] = [];
  let running = 0;
  const server = await serveOnLoopback(0, () => async (incoming, outgoing) => {
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
    await hold?.({ method, url }, kind);
    incoming.pipe(forwarded);
  });
  return {
    url: `${server.url}${pathname === "/" ? "" : pathname}`,
    take() {
      const taken = calls;
      calls = [];
      return taken;
    },
    running: () => running,
    async close() {
      agent.destroy();
      await server.close();
    },
  };
}

export function blobKind({ method, url }: PassingCall): Kind {
  if (method !== "GET" && method !== "HEAD") return "write";
  return url.includes("comp=list") ? "list" : "read";
}

/** The app's new messages, and the messages that the host has finished. */
export function queueKind({ method, url }: PassingCall): Kind | undefined {
  if (!url.includes("/messages")) return undefined;
  if (method === "DELETE") return "delivered";
  return method === "POST" ? "queue" : undefined;
}

/** The host polling for messages. */
export const takesMessages = ({ method, url }: PassingCall) => method === "GET" && url.includes("/messages?");
