/** A Node process of the stack: output line by line, a bounded end, never outlives its parent. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";

const graceMs = 5_000;
const endWithParent = new URL("./end-with-parent.ts", import.meta.url).href;
/** Later starts then load code without types, and no compiler: 20 MB less, in half the time. */
const compileCache = pathOf("../../node_modules/.cache/compiled", import.meta.url);

type ChildOptions = {
  script: string;
  args: readonly string[];
  /** Flags for Node and V8. */
  nodeFlags?: readonly string[];
  env?: Record<string, string>;
  cwd?: string;
  onLine(line: string, stream: "stdout" | "stderr"): void;
};

export type Child = {
  pid: number | undefined;
  /** Resolves to why it ended, in words. */
  ended: Promise<string>;
  stop(): Promise<void>;
};

export function spawnNode({ script, args, nodeFlags = [], env, cwd, onLine }: ChildOptions): Child {
  const child = spawn(process.execPath, [...nodeFlags, "--import", endWithParent, script, ...args], {
    env: { ...inherited(), NODE_COMPILE_CACHE: compileCache, ...env },
    ...(cwd && { cwd }),
    // In its own process group, so that Ctrl-C reaches only the parent, which ends its children in order.
    detached: true,
    windowsHide: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  createInterface(child.stdout).on("line", (line) => onLine(line, "stdout"));
  createInterface(child.stderr).on("line", (line) => onLine(line, "stderr"));
  const ended = new Promise<string>((resolve) => {
    child.once("error", ({ message }) => resolve(message));
    child.once("close", (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
  });
  return { pid: child.pid, ended, stop: () => stop(child, ended) };
}

export function pathOf(relative: string, base: string): string {
  return fileURLToPath(new URL(relative, base));
}

async function stop(child: ChildProcessByStdio<Writable, Readable, Readable>, ended: Promise<string>) {
  child.kill("SIGINT");
  const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
  await ended;
  clearTimeout(timer);
}

/** Passes on only the parent's variables that a process needs to run. */
function inherited(): NodeJS.ProcessEnv {
  const names = ["PATH", "HOME", "TMPDIR", "TEMP", "SystemRoot"];
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}
