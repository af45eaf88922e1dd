/** The most memory that a process has had resident at once, in MB. */
import { readFileSync } from "node:fs";

/** What an instance of 512 MB runs with, as the template sets it: V8 then collects early instead of growing. */
export const SMALL_INSTANCE = ["--memory-saver-mode", "--optimize-for-size", "--max-semi-space-size=1"];

/** V8 takes what it may; held to this, it shows what is needed: with less the process would end. */
export const HELD_TO_MB = 64;
export const HELD_TO = [`--max-old-space-size=${HELD_TO_MB}`, "--max-semi-space-size=1"];

/** From Linux's /proc; undefined elsewhere. */
export function peakMemory(pid: number): number | undefined {
  if (process.platform !== "linux") return undefined;
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1000;
}
