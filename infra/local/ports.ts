/** The ports the stack listens on: the usual ones, or free ones that the next start takes again. */
import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import * as z from "zod";
import { dataFiles } from "./data-folder.ts";
import { readPrivateJson, writePrivateJson } from "./private-file.ts";

const Port = z.int().min(1).max(65_535);
const Ports = z.strictObject({
  api: Port,
  issuer: Port,
  mailbox: Port,
  vault: Port,
  identity: Port,
  blob: Port,
  queue: Port,
});
export type Ports = z.infer<typeof Ports>;
const names = z.keyof(Ports).options;

export const defaultPorts: Ports = {
  api: 7071,
  issuer: 7072,
  mailbox: 7073,
  vault: 7074,
  identity: 7075,
  blob: 10_000,
  queue: 10_001,
};

export class PortTaken extends Error {
  constructor(name: string, port: number) {
    super(
      `Port ${port} (${name}) on 127.0.0.1 is taken. End the program that listens on it, or start with --free-ports.`,
    );
    this.name = "PortTaken";
  }
}

/**
 * Key ids and the issuer's URL contain ports, so data is readable only under the ports it was written with.
 */
export async function choosePorts(data: string, wanted: Ports | "free"): Promise<Ports> {
  if (wanted !== "free") return assertFree(wanted);
  const file = dataFiles(data).ports;
  const remembered = readPrivateJson(file, z.record(z.string(), Port)) ?? {};
  const ports = await freePorts(remembered);
  writePrivateJson(file, ports);
  return ports;
}

async function assertFree(ports: Ports): Promise<Ports> {
  for (const name of names) if (!(await isFree(ports[name]))) throw new PortTaken(name, ports[name]);
  return ports;
}

async function freePorts(remembered: Readonly<Record<string, number>>): Promise<Ports> {
  const taken = new Set<number>();
  const chosen: [string, number][] = [];
  for (const name of names) {
    const port = await freePort(remembered[name], taken);
    taken.add(port);
    chosen.push([name, port]);
  }
  return Ports.parse(Object.fromEntries(chosen));
}

/** Below the range for outgoing connections, so that none takes the port before we listen. */
async function freePort(preferred: number | undefined, taken: ReadonlySet<number>): Promise<number> {
  const port = preferred ?? randomInt(20_000, 32_000);
  if (!taken.has(port) && (await isFree(port))) return port;
  return freePort(undefined, taken);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
