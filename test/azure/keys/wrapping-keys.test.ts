/** The laws of WrappingKeys, in memory and on a vault; and no key id sends our token to a stranger. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type LoopbackServer, sendJson, serveOnLoopback } from "../../../infra/local/loopback-server.ts";
import { keyVault } from "../../../lib/azure/keys/key-vault.ts";
import { aMemoryKey, memoryWrappingKeys } from "../memory-keys.ts";
import { type OwnKeys, ownKeys } from "../targets.ts";
import { wrappingKeysContract } from "../wrapping-contract.ts";

const KEYS = 3;

let vault: OwnKeys;
let stranger: LoopbackServer;
let asked = 0;
beforeAll(async () => {
  vault = await ownKeys(KEYS);
  stranger = await serveOnLoopback(0, () => async (_, response) => {
    asked += 1;
    sendJson(response, 200, {});
  });
});
afterAll(() => Promise.all([vault.close(), stranger.close()]));

wrappingKeysContract("in memory", async () => {
  const keys = Array.from({ length: KEYS }, (_, index) => aMemoryKey(`key-${index}`));
  return {
    keyIds: keys.map(({ id }) => id),
    instance: () => memoryWrappingKeys(keys),
    close: async () => undefined,
  };
});

wrappingKeysContract("in the vault", async () => ({
  keyIds: vault.keyIds.map(({ id }) => id),
  instance: () => keyVault(vault.credential, vault, () => new Date()),
  close: async () => undefined,
}));

it("R39 a key id that names a stranger's host is unreadable, and no request goes there", async () => {
  const keys = keyVault(vault.credential, vault, () => new Date());
  const [{ name, version } = expect.fail("no key")] = vault.keyIds;
  for (const id of [
    `${stranger.url}/keys/${name}/${version}`,
    `${stranger.url}/keys/other/${version}`,
    `${stranger.url.replace("http:", "https:")}/keys/${name}/${version}`,
    `${stranger.url.replace("//", "//user@")}/keys/${name}/${version}`,
  ]) {
    await expect(keys.unwrap(id, randomBytes(384))).rejects.toMatchObject({ kind: "backup-unreadable" });
  }
  expect(asked).toBe(0);
  await fetch(stranger.url);
  expect(asked).toBe(1);
});
