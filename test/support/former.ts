/** Former bundles of the service, as `infra/tools/keep-former.ts` saves them, and hosts that run them. */
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { inject } from "vitest";
import { startHost } from "../../infra/local/host-process.ts";

const FOLDER = "test/former";
const BUNDLE = ".js.gz";

/** By their names, such as `1.0.0-1`. */
export const formerBundles = async (): Promise<string[]> =>
  (await readdir(FOLDER)).filter((name) => name.endsWith(BUNDLE)).map((name) => name.replace(BUNDLE, ""));

/** On the stack's storage, queue and vault, beside the stack's own host. `url`: of its API. */
export async function startFormer(name: string): Promise<{ url: string; close(): Promise<void> }> {
  const appFolder = await mkdtemp(join(tmpdir(), "former-"));
  await mkdir(join(appFolder, "dist"));
  const bundle = gunzipSync(await readFile(join(FOLDER, `${name}${BUNDLE}`)));
  await writeFile(join(appFolder, "dist/index.js"), bundle);
  for (const file of ["host.json", "package.json"]) await copyFile(file, join(appFolder, file));
  const { settings } = inject("surroundings");
  const host = await startHost({ appFolder, port: 0, settings, log: () => undefined });
  const close = async () => {
    await host.close();
    await rm(appFolder, { recursive: true });
  };
  return { url: `${host.url}/api`, close };
}
