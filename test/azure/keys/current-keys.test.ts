/** Which version of a key wraps: always one that the vault unwraps, with the vault's public half. */
import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { managedIdentity } from "../../../lib/azure/credential.ts";
import { keyVault } from "../../../lib/azure/keys/key-vault.ts";
import { parseKeyId } from "../../../lib/config/key-id.ts";
import { HOUR, later, MINUTE } from "../../../lib/domain/clock.ts";
import { wrapKey } from "../../../lib/domain/sealing/seal.ts";
import { type OwnVault, ownVault } from "../../support/own-vault.ts";
import { aNewOwner } from "../contracts.ts";

let vault: OwnVault;
beforeAll(async () => {
  vault = await ownVault();
  const { IDENTITY_ENDPOINT, IDENTITY_HEADER } = vault.settings;
  Object.assign(process.env, { IDENTITY_ENDPOINT, IDENTITY_HEADER });
});
afterAll(() => vault.close());

type Pinned = { kid: string; n: string; e: string };

/** An instance whose settings name the newest version of a key of the test's own. */
async function anInstance(pinned: (kid: string) => Pinned[] = () => []) {
  const name = `key-${crypto.randomUUID()}`;
  await vault.admin.ensureKey(name);
  const newest = async () => (await vault.admin.publicKeys(name))[0] ?? expect.fail("no key");
  const { kid } = await newest();
  const key = parseKeyId(kid) ?? expect.fail("no key id");
  let time = new Date();
  const settings = { keyIds: [key], pinned: pinned(kid), refreshSeconds: HOUR / 1000 };
  return {
    kid,
    newest,
    pass: (milliseconds: number) => {
      time = later(time, milliseconds);
    },
    keys: keyVault(managedIdentity(undefined), settings, () => time),
    async rotate(attributes: object = {}) {
      await vault.admin.call("POST", `/keys/${name}/rotate`);
      const { kid: made } = await newest();
      await vault.admin.call("PATCH", new URL(made).pathname, { attributes });
      return made;
    },
  };
}

const aStranger = (kid: string): Pinned => {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 3072 });
  const { n = "", e = "" } = publicKey.export({ format: "jwk" });
  return { kid, n, e };
};

it("R38 a running instance keeps its version while the newest is disabled, and takes up the one after", async () => {
  const { kid, keys, pass, rotate } = await anInstance();
  const seen = new Set<string>();
  const current = async () => {
    const { id } = await keys.current(aNewOwner());
    seen.add(id);
    return id;
  };
  await current();
  await rotate({ enabled: false });
  await vault.takeCalls();
  pass(HOUR);
  await current();
  await vi.waitFor(async () => expect(await vault.takeCalls()).toMatchObject({ getKey: 1 }));
  const newest = await rotate();
  await vi.waitFor(async () => {
    pass(HOUR);
    expect(await current()).toBe(newest);
  });
  expect(seen).toEqual(new Set([kid, newest]));
});

it("R36 R38 a pinned public half that differs from the vault's fails each page of a sweep, and wraps no more", async () => {
  const { kid, keys, newest, pass } = await anInstance((id) => [aStranger(id)]);
  for (const milliseconds of [0, 1, MINUTE]) {
    pass(milliseconds);
    await expect(keys.findNewest()).rejects.toThrow(kid);
  }
  const { id, publicKey } = await keys.current(aNewOwner());
  expect({ id, publicKey: publicKey.export({ format: "jwk" }) }).toEqual({
    id: kid,
    publicKey: expect.objectContaining({ n: (await newest()).n }),
  });
  const dataKey = Buffer.alloc(32, 1);
  expect(Buffer.from(await keys.unwrap(id, wrapKey(publicKey, dataKey)))).toEqual(dataKey);
});

it("R36 R38 a running instance notices it within one refresh interval", async () => {
  const { keys, pass, newest } = await anInstance((id) => [aStranger(id)]);
  const { n } = await newest();
  const current = async () => (await keys.current(aNewOwner())).publicKey.export({ format: "jwk" }).n;
  expect(await current()).not.toBe(n);
  pass(HOUR);
  await vi.waitFor(async () => expect(await current()).toBe(n));
});

it("R38 R37 a pinned public half that is the vault's fails nothing", async () => {
  const { keys, kid } = await anInstance();
  await expect(keys.findNewest()).resolves.toBeUndefined();
  expect({ isCurrent: keys.isCurrent(kid) }).toEqual({ isCurrent: true });
});
