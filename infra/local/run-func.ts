/** Runs the `func` command with this process's arguments and ends it when this process is told to end. */
import { spawn } from "node:child_process";

const isWindows = process.platform === "win32";
const func = spawn(isWindows ? "func.cmd" : "func", process.argv.slice(2), {
  stdio: ["ignore", "inherit", "inherit"],
  shell: isWindows,
});
func.once("error", ({ message }) => {
  console.error(message);
  process.exit(1);
});
func.once("exit", (code) => process.exit(code ?? 0));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => func.kill(signal));
