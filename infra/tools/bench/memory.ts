/** How much memory a process has, and V8's flags under which it is measured. */
import { readFileSync } from "node:fs";

/** The template's flags for an instance of 512 MB: V8 then collects early instead of growing. */
export const SMALL_INSTANCE = ["--memory-saver-mode", "--optimize-for-size", "--max-semi-space-size=1"];

/**
 * V8 takes what it is given. Limited to `megabytes`, it shows the real need: with less, the process would
 * end.
 */
export const heldTo = (megabytes: number) => [...SMALL_INSTANCE, `--max-old-space-size=${megabytes}`];

/** In MB: resident now, and the peak since the start. From Linux's /proc; NaN elsewhere. */
export function memoryOf(pid: number): { resident: number; peak: number } {
  if (process.platform !== "linux") return { resident: Number.NaN, peak: Number.NaN };
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const megabytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1000;
  return { resident: megabytes("VmRSS"), peak: megabytes("VmHWM") };
}
