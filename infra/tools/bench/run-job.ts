/** Sends prepared units, each lane over its own connections, and times them. */
import { Connection } from "./connection.ts";
import type { Done, Job, Measured, Request, Unit } from "./load.ts";

const etags = new Map<string, string>();

type Connections = Map<string, Connection>;

/** Connected before the clock starts. */
async function connectionsFor(lane: readonly Unit[]): Promise<Connections> {
  const origins = new Set(lane.flatMap(({ chain }) => chain.map(({ origin }) => origin)));
  const opened: Connections = new Map();
  for (const origin of origins) opened.set(origin, await Connection.open(origin));
  return opened;
}

/** Returns what was wrong with the answer; undefined if nothing was. */
async function send(connections: Connections, request: Request): Promise<string | undefined> {
  const { origin, head, body, ifMatch, remembersAs, mustSay } = request;
  const condition = ifMatch === undefined ? "" : `if-match: ${etags.get(ifMatch)}\r\n`;
  const connection = connections.get(origin);
  if (!connection) return "no connection";
  const answer = await connection.send(head + condition, body);
  if (answer.status >= 300) return `${answer.status} ${answer.body.toString().slice(0, 200)}`;
  if (remembersAs !== undefined && answer.etag !== undefined) etags.set(remembersAs, answer.etag);
  if (mustSay !== undefined && !answer.body.includes(mustSay)) return `an answer without ${mustSay}`;
  return undefined;
}

async function measure(connections: Connections, { name, chain }: Unit): Promise<Measured> {
  const startedAt = performance.now();
  let problem: string | undefined;
  try {
    for (const request of chain) problem ??= await send(connections, request);
  } catch (error) {
    problem = String(error);
    await reopen(connections, chain);
  }
  const milliseconds = performance.now() - startedAt;
  return { name, milliseconds, ...(problem !== undefined && { problem }) };
}

/** After a connection broke, the lane continues with new ones. */
async function reopen(connections: Connections, chain: readonly Request[]): Promise<void> {
  for (const { origin } of chain) {
    connections.get(origin)?.close();
    connections.set(origin, await Connection.open(origin));
  }
}

/** All lanes at once. */
export async function runJob({ lanes }: Job): Promise<Done> {
  const clients: Connections[] = [];
  for (const lane of lanes) clients.push(await connectionsFor(lane));
  const startedAt = performance.now();
  const measured = await Promise.all(
    lanes.map(async (lane, at) => {
      const done: Measured[] = [];
      for (const unit of lane) done.push(await measure(clients[at] ?? new Map(), unit));
      return done;
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  for (const connections of clients) for (const each of connections.values()) each.close();
  return { seconds, units: measured.flat() };
}
