/** The most memory that a process has had resident at once, in MB. */
import { readFileSync } from "node:fs";

/** From Linux's /proc; undefined elsewhere. */
export function peakMemory(pid: number): number | undefined {
  if (process.platform !== "linux") return undefined;
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1000;
}
