/** Keeps two stacks from using one data folder: the first listens on a socket named after the folder. */
import { createHash } from "node:crypto";
import { unlinkSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { isAnswering } from "./is-answering.ts";

export class DataFolderTaken extends Error {
  constructor(data: string) {
    super(
      `Another stack is running on the data folder ${data}. End it, or start with --data and another folder.`,
    );
    this.name = "DataFolderTaken";
  }
}

/** @returns how to release it */
export async function lockDataFolder(data: string): Promise<() => Promise<void>> {
  const address = socketAddress(resolve(data));
  if (await isAnswering({ path: address })) throw new DataFolderTaken(data);
  if (process.platform !== "win32") removeIfThere(address);
  const server = await listen(address);
  return () => new Promise((done) => server.close(() => done()));
}

function socketAddress(data: string): string {
  const name = `authenticator-backup-${createHash("sha256").update(data).digest("hex").slice(0, 16)}`;
  return process.platform === "win32" ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

function removeIfThere(address: string): void {
  try {
    unlinkSync(address);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}

const listen = (address: string) =>
  new Promise<Server>((listening, failed) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", failed).listen(address, () => listening(server));
  });
