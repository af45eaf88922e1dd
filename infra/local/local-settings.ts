/** Gives a fresh clone its `local.settings.json`, which `func` and editors look for and git ignores. */
import { constants } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";

const NAME = "local.settings.json";
const SAMPLE = "local.settings.sample.json";

/** Never replaces an existing file. */
export async function ensureLocalSettings(folder: string, log: (line: string) => void): Promise<void> {
  try {
    await copyFile(join(folder, SAMPLE), join(folder, NAME), constants.COPYFILE_EXCL);
    log(`${NAME} wasn't there: copied from ${SAMPLE}. Git ignores it.`);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}
