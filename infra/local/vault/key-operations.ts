/** Making, reading and changing keys: create, get, versions, rotate, update. */
import * as z from "zod";
import { parseBody } from "../loopback-server.ts";
import { generateRsaJwk } from "../rsa-jwk.ts";
import { toBundle, toVersionItem } from "./bundle.ts";
import { type Call, type Operation, ok, operation, type Vault } from "./operation.ts";
import { badParameter } from "./refusal.ts";
import {
  epochSeconds,
  firstVersionId,
  KeySize,
  type KeyVersion,
  laterVersionId,
  type StoredKey,
} from "./stored-key.ts";

const Attributes = z.object({
  enabled: z.boolean().optional(),
  exp: z.int().optional(),
});
const Operations = z.array(
  z.enum(["encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey", "import", "export"]),
);

const CreateBody = z.object({
  kty: z.enum(["RSA", "RSA-HSM"]),
  key_size: KeySize.default(2048),
  key_ops: Operations.default(["encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"]),
  attributes: Attributes.default({}),
});
const UpdateBody = z.object({
  key_ops: Operations.optional(),
  attributes: Attributes.default({}),
});

export const keyOperations: readonly Operation[] = [
  operation("createKey", "create", "POST /keys/{name}/create", create),
  operation("getKey", "get", "GET /keys/{name}(?:/{version})?", get),
  operation("getKeyVersions", "get", "GET /keys/{name}/versions", versions),
  operation("rotateKey", "rotate", "POST /keys/{name}/rotate", rotate),
  operation("updateKey", "update", "PATCH /keys/{name}(?:/{version})?", update),
];

async function create({ name, body }: Call, { keys, url }: Vault) {
  const { kty, key_size: size, key_ops: operations, attributes } = parseBody(CreateBody, body, badParameter);
  const made = await newVersion(size, { operations, ...attributes });
  const earlier = keys.peek(name)?.versions ?? [];
  const version = earlier.length === 0 ? { ...made, version: firstVersionId(name) } : made;
  const key: StoredKey = { ...keys.peek(name), name, kty, size, versions: [...earlier, version] };
  keys.put(key);
  return ok(toBundle(url, key, version));
}

function get({ name, version }: Call, { keys, url }: Vault) {
  return ok(toBundle(url, keys.find(name), keys.findVersion(name, version)));
}

function versions({ name }: Call, { keys, url }: Vault) {
  const key = keys.find(name);
  return ok({ value: key.versions.map((version) => toVersionItem(url, key, version)), nextLink: null });
}

/** The new version takes over size and operations of the newest one. */
async function rotate({ name }: Call, { keys, url }: Vault) {
  const { size } = keys.find(name);
  const { operations } = keys.findVersion(name, "");
  const version = await newVersion(size, { operations });
  const key = keys.find(name);
  key.versions.push(version);
  keys.save();
  return ok(toBundle(url, key, version));
}

function update({ name, version, body }: Call, { keys, url }: Vault) {
  const found = keys.findVersion(name, version);
  const { attributes, key_ops: operations } = parseBody(UpdateBody, body, badParameter);
  Object.assign(found, attributes, operations && { operations }, {
    updated: epochSeconds(),
  });
  keys.save();
  return ok(toBundle(url, keys.find(name), found));
}

async function newVersion(
  size: KeySize,
  given: Pick<KeyVersion, "operations"> & z.infer<typeof Attributes>,
): Promise<KeyVersion> {
  const jwk = await generateRsaJwk(size);
  const now = epochSeconds();
  return {
    version: laterVersionId(),
    created: now,
    updated: now,
    jwk,
    ...given,
    enabled: given.enabled ?? true,
  };
}
