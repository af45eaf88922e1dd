/** Runs the embedded Functions host in its own process and, like the real one, restarts it when it dies. */
import { setTimeout } from "node:timers/promises";
import * as z from "zod";
import { type Child, pathOf, spawnNode } from "./child.ts";

const script = pathOf("./host/main.ts", import.meta.url);
const firstDelayMs = 100;
const longestDelayMs = 5_000;

const Listening = z.object({ listening: z.url() });

export type HostOptions = {
  appFolder: string;
  port: number;
  settings: Record<string, string>;
  /** Flags for Node and V8, after those in the settings: the last one counts. */
  nodeFlags?: readonly string[];
  log(line: string): void;
};
export type HostProcess = {
  url: string;
  /** Of the current process; a crash brings another. */
  pid(): number | undefined;
  close(): Promise<void>;
};

/** Rejects if the host ends before it first listens: its app or its settings are wrong. */
export async function startHost(options: HostOptions): Promise<HostProcess> {
  const closing = new AbortController();
  let current = launch(options);
  const url = await current.listening;
  const keepAlive = async () => {
    for (let delay = firstDelayMs; !closing.signal.aborted; delay = Math.min(delay * 2, longestDelayMs)) {
      const reason = await current.child.ended;
      if (closing.signal.aborted) return;
      options.log(`The host ended (${reason}) and is started again.`);
      await setTimeout(delay);
      if (closing.signal.aborted) return;
      current = launch(options);
      if (await listens(current)) delay = firstDelayMs;
    }
  };
  const kept = keepAlive();
  const close = async () => {
    closing.abort();
    await current.child.stop();
    await kept;
  };
  return { url, pid: () => current.child.pid, close };
}

type Launched = { child: Child; listening: Promise<string> };

/** Splits the flags as the real host does. */
const flagsIn = ({ languageWorkers__node__arguments: flags = "" }: Record<string, string>) =>
  flags.split(" ").filter(Boolean);

function launch({ appFolder, port, settings, nodeFlags = [], log }: HostOptions): Launched {
  const listening = Promise.withResolvers<string>();
  const child = spawnNode({
    script,
    args: ["--app", appFolder, "--port", String(port)],
    nodeFlags: [...flagsIn(settings), ...nodeFlags],
    env: settings,
    onLine(line, stream) {
      const url = stream === "stdout" ? listeningUrl(line) : undefined;
      if (url) listening.resolve(url);
      else log(line);
    },
  });
  const failed = child.ended.then((reason) => {
    throw new Error(`The host ended (${reason}) before it listened; see its log.`);
  });
  return { child, listening: Promise.race([listening.promise, failed]) };
}

const listens = ({ listening }: Launched) =>
  listening.then(
    () => true,
    () => false,
  );

function listeningUrl(line: string): string | undefined {
  if (!line.startsWith('{"listening"')) return undefined;
  return Listening.parse(JSON.parse(line)).listening;
}
