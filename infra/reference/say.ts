/** Output and exit code of the reference's checks. */

export const say = (text: string) => void process.stdout.write(`${text}\n`);

/** Sets the exit code: 1 if the check returns false or throws. */
export async function endWith(check: () => boolean | Promise<boolean>): Promise<void> {
  try {
    process.exitCode = (await check()) ? 0 : 1;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
