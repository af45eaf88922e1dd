/** Preloaded into child processes: ends them when the parent is gone, that is when their stdin closes. */
const graceMs = 5_000;

process.stdin.once("close", () => {
  process.kill(process.pid, "SIGINT");
  setTimeout(() => process.kill(process.pid, "SIGKILL"), graceMs).unref();
});
process.stdin.resume();
process.stdin.unref();
