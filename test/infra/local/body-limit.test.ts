/** Where the local host cuts off bodies: far above the app's limit, wherever that is set. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { largestRequest } from "../../../infra/local/app-settings.ts";
import { startStack } from "../../../infra/local/stack.ts";

const aFolder = () => mkdtemp(join(tmpdir(), "body-limit-"));

it.each([
  ["local.settings.json", {}, "2097152"],
  ["the stack's own settings, which win", { MAX_UPLOAD_BYTES: "524288" }, "524288"],
])("R32 R42 it follows MAX_UPLOAD_BYTES in %s", async (_, settings: Record<string, string>, taken) => {
  const appFolder = await aFolder();
  const Values = { MAX_UPLOAD_BYTES: "2097152" };
  await writeFile(join(appFolder, "local.settings.json"), JSON.stringify({ Values }));
  const options = { ports: "free", host: "none", storageInMemory: true, log: () => undefined } as const;
  const stack = await startStack({ data: await aFolder(), appFolder, settings, ...options });
  await stack.close();
  expect(stack.settings["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"]).toBe(String(largestRequest(taken)));
});
