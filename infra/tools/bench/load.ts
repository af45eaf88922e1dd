/** The load client's jobs and answers, and its process as the benchmark sees it. */
import { fork } from "node:child_process";
import { pathOf } from "../../local/child.ts";
import type { Prepared } from "../../local/phone.ts";

/** One request, ready to be sent. */
export type Request = {
  origin: string;
  /** Request line and headers, each with its line break. */
  head: string;
  body: string;
  /** Send `If-Match` with the ETag last remembered under this name. */
  ifMatch?: string;
  /** Remember the answer's ETag under this name. */
  remembersAs?: string;
  /** An answer without this text is an error. */
  mustSay?: string;
};
/** One operation: its requests, one after another. */
export type Unit = { name: string; chain: readonly Request[] };
/** Each lane is a client with its own connections, which sends its units one after another. */
export type Job = { lanes: readonly (readonly Unit[])[] };
/** `problem`: what was wrong with the first unsuccessful answer. */
export type Measured = { name: string; milliseconds: number; problem?: string };
export type Done = { seconds: number; units: Measured[] };

export type LoadClient = { run(lanes: Job["lanes"]): Promise<Done>; close(): void };

/** One job at a time. */
export function startLoadClient(): LoadClient {
  const child = fork(pathOf("./load-client.ts", import.meta.url), { serialization: "advanced" });
  return {
    async run(lanes) {
      const done = Promise.withResolvers<Done>();
      const ended = (code: number | null) => done.reject(new Error(`The load client ended: ${code}`));
      child.once("exit", ended);
      child.once("message", (message: Done) => done.resolve(message));
      child.send({ lanes });
      try {
        return await done.promise;
      } finally {
        child.off("exit", ended);
      }
    },
    close: () => void child.kill(),
  };
}

export function requestOf(
  { url, method, headers, body = "" }: Prepared,
  options: Pick<Request, "ifMatch" | "remembersAs" | "mustSay"> = {},
): Request {
  const { origin, host, pathname, search } = new URL(url);
  const all = {
    host,
    ...headers,
    ...(method !== "GET" && { "content-length": String(Buffer.byteLength(body)) }),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return { origin, head: `${method} ${pathname}${search} HTTP/1.1\r\n${lines.join("")}`, body, ...options };
}

/** Runs the preparation of a measurement. @throws with the first problem */
export async function prepare(load: LoadClient, lanes: Job["lanes"]): Promise<void> {
  const { units } = await load.run(lanes);
  const failed = units.find(({ problem }) => problem !== undefined);
  if (failed) throw new Error(`${failed.name}: ${failed.problem}`);
}

/** Deals all units out to `clients` clients. */
export const dealt = (units: readonly Unit[], clients: number): Unit[][] =>
  Array.from({ length: clients }, (_, lane) => units.filter((_, at) => at % clients === lane));
