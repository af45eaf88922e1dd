/** The most memory that a process has had resident at once, in MB. */
import { readFileSync } from "node:fs";

/** What an instance of 512 MB runs with, as the template sets it: V8 then collects early instead of growing. */
export const SMALL_INSTANCE = ["--memory-saver-mode", "--optimize-for-size", "--max-semi-space-size=1"];

/** V8 takes what it may; held to so many MB, it shows what is needed: with less than that the process would end. */
export const heldTo = (megabytes: number) => [...SMALL_INSTANCE, `--max-old-space-size=${megabytes}`];

/** From Linux's /proc; undefined elsewhere. */
export function peakMemory(pid: number): number | undefined {
  if (process.platform !== "linux") return undefined;
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1000;
}
