/** How the checks of the reference speak and end. */

export const say = (text: string) => void process.stdout.write(`${text}\n`);

/** By exit code: 1 if what the check does says no, or fails. */
export async function endWith(check: () => boolean | Promise<boolean>): Promise<void> {
  try {
    process.exitCode = (await check()) ? 0 : 1;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
