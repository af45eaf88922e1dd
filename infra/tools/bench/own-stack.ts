/** A stack for one measurement: free ports, storage of its own, and a vault without throttling. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Stack, type StackOptions, startStack } from "../../local/stack.ts";

export type OwnStack = Stack & AsyncDisposable;

export async function ownStack(
  options: Pick<StackOptions, "settings" | "storageInMemory" | "host"> = {},
): Promise<OwnStack> {
  const data = await mkdtemp(join(tmpdir(), "authenticator-backup-bench-"));
  const stack = await startStack({ data, ports: "free", ...options, log: () => undefined });
  const body = JSON.stringify({ operationsPer10Seconds: null });
  await fetch(`${stack.addresses.vault}/dev/throttle`, { method: "PUT", body });
  return {
    ...stack,
    async [Symbol.asyncDispose]() {
      await stack.close();
      await rm(data, { recursive: true, force: true });
    },
  };
}
