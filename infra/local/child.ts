/** A Node process of the stack: its output line by line, an end that can't hang, and no life after its parent's. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";

const graceMs = 5_000;
const endWithParent = new URL("./end-with-parent.ts", import.meta.url).href;

type ChildOptions = {
  script: string;
  args: readonly string[];
  /** For Node and V8 themselves. */
  nodeFlags?: readonly string[];
  env: Record<string, string>;
  cwd?: string;
  onLine(line: string, stream: "stdout" | "stderr"): void;
};

export type Child = {
  pid: number | undefined;
  /** Why it ended, in words. */
  ended: Promise<string>;
  stop(): Promise<void>;
};

export function spawnNode({ script, args, nodeFlags = [], env, cwd, onLine }: ChildOptions): Child {
  const child = spawn(process.execPath, [...nodeFlags, "--import", endWithParent, script, ...args], {
    env: { ...inherited(), ...env },
    ...(cwd && { cwd }),
    // A group of its own, so that Ctrl-C reaches the parent only and it ends its children in order.
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

export const pathOf = (relative: string, base: string) => fileURLToPath(new URL(relative, base));

async function stop(child: ChildProcessByStdio<Writable, Readable, Readable>, ended: Promise<string>) {
  child.kill("SIGINT");
  const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
  await ended;
  clearTimeout(timer);
}

/** Nothing of the parent's environment reaches a child but what a process needs to run. */
function inherited(): Record<string, string> {
  const names = ["PATH", "HOME", "TMPDIR", "TEMP", "SystemRoot"];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
