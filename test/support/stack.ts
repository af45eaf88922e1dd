/** Starts the local stack once for all test files and tells them where it is. */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { TestProject } from "vitest/node";
import { startStack } from "../../infra/local/stack.ts";
import { openApiDocument } from "../../infra/reference/document.ts";
import { buildBundle } from "../../infra/tools/build.ts";

export type Surroundings = {
  api: string;
  issuer: string;
  vault: string;
  mailbox: string;
  /** The settings that the stack's Functions host runs with. */
  settings: Record<string, string>;
  /** Everything that the host has printed. */
  hostLog: string;
  /** Every refusal that the phones got. */
  refusals: string;
  /** Where requests and answers are recorded; undefined: nowhere. */
  traffic: string | undefined;
};

declare module "vitest" {
  interface ProvidedContext {
    surroundings: Surroundings;
  }
}

/** All test files share the vault: its limit is for one service, not for many tests at once. */
export const unthrottle = (vault: string) =>
  fetch(`${vault}/dev/throttle`, { method: "PUT", body: JSON.stringify({ operationsPer10Seconds: null }) });

/** An empty file, in the folder that git ignores. */
function aTrafficFile(): string {
  const file = resolve(".local/traffic.ndjson");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "");
  return file;
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const kept = process.env["TEST_KEEP_DATA"];
  const data = kept ?? mkdtempSync(join(tmpdir(), "authenticator-backup-"));
  const [hostLog, refusals] = [join(data, "host.log"), join(data, "refusals.log")];
  await buildBundle();
  const stack = await startStack({
    data,
    ports: "free",
    log: (line) => appendFileSync(hostLog, `${line}\n`),
  });
  const { api, issuer, vault, mailbox } = stack.addresses;
  await unthrottle(vault);
  project.provide("surroundings", {
    api,
    issuer,
    vault,
    mailbox,
    settings: stack.settings,
    hostLog,
    refusals,
    traffic: project.vitest.config.mode === "long" ? aTrafficFile() : process.env["TEST_TRAFFIC"],
  });
  project.provide("document", openApiDocument({ answers: "closed" }));
  return async () => {
    await stack.close();
    if (!kept) rmSync(data, { recursive: true, force: true });
  };
}
