/** How much processor time a process has used, from Linux's /proc. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const isLinux = process.platform === "linux";
const ticksPerSecond = isLinux ? Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" })) : 1;

/** Milliseconds of user and system time of all its threads, in ticks of 10 ms; NaN without /proc. */
export function cpuMs(pid: number): number {
  if (!isLinux) return Number.NaN;
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name in brackets may contain spaces: count fields 14 and 15 (utime, stime) from its end.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}
