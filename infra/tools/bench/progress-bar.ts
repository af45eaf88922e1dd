/** Shows progress: a moving bar on a terminal, elsewhere a line every tenth. */

const WIDTH = 30;

export function progressBar(what: string, total: number): { step(): void } {
  const startedAt = performance.now();
  let done = 0;
  let shown = -1;
  const steps = process.stdout.isTTY ? 100 : 10;
  return {
    step() {
      done += 1;
      const at = Math.floor((done / total) * steps);
      if (at === shown) return;
      shown = at;
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
      const share = done / total;
      const bar = "█".repeat(Math.round(share * WIDTH)).padEnd(WIDTH, "░");
      const line = `${what} ${bar} ${Math.floor(share * 100)} % ${seconds} s`;
      process.stdout.write(process.stdout.isTTY ? `\r${line}${done === total ? "\n" : ""}` : `${line}\n`);
    },
  };
}
