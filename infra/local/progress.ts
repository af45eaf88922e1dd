/** Says what the start is waiting for if it takes longer than a second. */
const patienceMs = 1_000;

export async function announceIfSlow<T>(
  what: string,
  log: (line: string) => void,
  wait: Promise<T>,
): Promise<T> {
  const timer = setTimeout(() => log(`Waiting for ${what} …`), patienceMs);
  try {
    return await wait;
  } finally {
    clearTimeout(timer);
  }
}
