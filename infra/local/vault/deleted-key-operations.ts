/** Deleting a key, looking at it while it can be recovered, recovering and purging it. */
import { toBundle, toDeletedBundle } from "./bundle.ts";
import { type Call, type Operation, ok, path, type Vault } from "./operation.ts";
import { epochSeconds, type StoredKey } from "./stored-key.ts";

export const deletedKeyOperations: readonly Operation[] = [
  {
    name: "deleteKey",
    method: "DELETE",
    path: path("/keys/{name}/?"),
    permission: "delete",
    writes: true,
    handle: remove,
  },
  {
    name: "getDeletedKey",
    method: "GET",
    path: path("/deletedkeys/{name}/?"),
    permission: "get",
    writes: false,
    handle: get,
  },
  {
    name: "recoverDeletedKey",
    method: "POST",
    path: path("/deletedkeys/{name}/recover"),
    permission: "recover",
    writes: true,
    handle: recover,
  },
  {
    name: "purgeDeletedKey",
    method: "DELETE",
    path: path("/deletedkeys/{name}/?"),
    permission: "purge",
    writes: true,
    handle: purge,
  },
];

function remove({ name }: Call, vault: Vault) {
  const deleted = { ...vault.keys.find(name), deletedAt: epochSeconds() };
  vault.keys.put(deleted);
  return ok(describe(vault, deleted));
}

function get({ name }: Call, vault: Vault) {
  return ok(describe(vault, vault.keys.findDeleted(name)));
}

function recover({ name }: Call, { keys, url }: Vault) {
  const { deletedAt: _, ...key } = keys.findDeleted(name);
  keys.put(key);
  return ok(toBundle(url, key, keys.findVersion(name, "")));
}

function purge({ name }: Call, { keys }: Vault) {
  keys.remove(keys.findDeleted(name).name);
  return { status: 204 };
}

function describe({ url }: Vault, key: StoredKey) {
  const newest = key.versions.at(-1);
  if (!newest) throw new Error(`The key ${key.name} has no version.`);
  return toDeletedBundle(url, key, newest);
}
