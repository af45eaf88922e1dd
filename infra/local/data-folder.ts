/** The stack's data folder, and how to clear it. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Closers } from "./closers.ts";
import { lockDataFolder } from "./data-lock.ts";

export const dataFiles = (data: string) => ({
  azurite: join(data, "azurite"),
  vault: join(data, "vault.json"),
  issuer: join(data, "issuer.json"),
  ports: join(data, "ports.json"),
});

/** Deletes only what the stack itself has written there. */
export async function openDataFolder(data: string, fresh: boolean, closers: Closers): Promise<void> {
  closers.add(await lockDataFolder(data));
  if (fresh) {
    const files = Object.values(dataFiles(data));
    await Promise.all(files.map((file) => rm(file, { recursive: true, force: true })));
  }
  await mkdir(data, { recursive: true, mode: 0o700 });
}
