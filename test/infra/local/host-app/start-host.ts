/** Starts the local host on a fixture app, on a free port, and stops it again. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const MAIN = join(import.meta.dirname, "../../../../infra/local/host/main.ts");

export interface StartedHost extends AsyncDisposable {
  url: string;
  port: number;
  process: ChildProcessWithoutNullStreams;
  /** All lines of standard output so far. */
  lines: string[];
  /** The first line, past or future, that contains this text. */
  line(part: string): Promise<string>;
  /** The exit code, and the text on standard error. */
  ended: Promise<{ code: number | null; stderr: string }>;
}

/** Runs the host without waiting for it to listen. */
export function runHost(app: string, env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [MAIN, "--app", join(import.meta.dirname, app), "--port", "0"], {
    env: { ...process.env, ...env },
  });
  const ended = Promise.all([once(child, "close"), text(child.stderr)]).then(([[code], stderr]) => ({
    code,
    stderr,
  }));
  return { child, ended };
}

export async function startHost(app: string, env?: Record<string, string>): Promise<StartedHost> {
  const { child, ended } = runHost(app, env);
  const { lines, line } = collectLines(child);
  const failed = ended.then(({ stderr }) => Promise.reject(new Error(`The host did not start: ${stderr}`)));
  const listening = await Promise.race([line('"listening"'), failed]);
  const { listening: url }: { listening: string } = JSON.parse(listening);
  failed.catch(() => undefined);
  async function stop() {
    child.kill("SIGTERM");
    await ended;
  }
  return {
    url,
    port: Number(new URL(url).port),
    process: child,
    lines,
    line,
    ended,
    [Symbol.asyncDispose]: stop,
  };
}

function collectLines(child: ChildProcessWithoutNullStreams) {
  const lines: string[] = [];
  const events = new EventEmitter();
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
    events.emit("lines");
  });
  async function line(part: string): Promise<string> {
    for (;;) {
      const found = lines.find((candidate) => candidate.includes(part));
      if (found !== undefined) return found;
      await once(events, "lines");
    }
  }
  return { lines, line };
}

/** Sends these bytes and reads until the host closes the connection. */
export async function sendRaw(port: number, request: string | Buffer): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(request);
  return await text(socket);
}

/** A request head that asks for the connection to be closed. */
export function head(requestLine: string, ...headers: string[]): string {
  return [`${requestLine} HTTP/1.1`, "Host: local", "Connection: close", ...headers, "", ""].join("\r\n");
}

export function statusOf(response: string): number {
  return Number(response.split(" ")[1]);
}

export function bodyOf(response: string): string {
  return response.slice(response.indexOf("\r\n\r\n") + 4);
}
