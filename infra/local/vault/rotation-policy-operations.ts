/** Reading and setting a key's rotation policy. It is kept and answered, but never acts by itself. */
import * as z from "zod";
import { type Call, type Operation, ok, parseBody, path, type Vault } from "./operation.ts";
import { epochSeconds, type StoredKey } from "./stored-key.ts";

const PolicyBody = z.object({
  lifetimeActions: z
    .array(
      z.object({
        trigger: z.object({
          timeAfterCreate: z.string().optional(),
          timeBeforeExpiry: z.string().optional(),
        }),
        action: z.object({ type: z.string() }),
      }),
    )
    .default([]),
  attributes: z.object({ expiryTime: z.string().nullish() }).default({}),
});

const initialPolicy = {
  lifetimeActions: [{ trigger: { timeBeforeExpiry: "P30D" }, action: { type: "Notify" } }],
  attributes: {},
};

export const rotationPolicyOperations: readonly Operation[] = [
  {
    name: "getKeyRotationPolicy",
    method: "GET",
    path: path("/keys/{name}/rotationpolicy"),
    permission: "get",
    writes: false,
    handle: get,
  },
  {
    name: "updateKeyRotationPolicy",
    method: "PUT",
    path: path("/keys/{name}/rotationpolicy"),
    permission: "rotate",
    writes: true,
    handle: put,
  },
];

function get({ name }: Call, { keys, url }: Vault) {
  return ok(describe(url, keys.find(name)));
}

function put({ name, body }: Call, { keys, url }: Vault) {
  const key = keys.find(name);
  const { lifetimeActions, attributes } = parseBody(PolicyBody, body);
  const now = epochSeconds();
  key.rotationPolicy = { lifetimeActions, attributes: { ...attributes, created: now, updated: now } };
  keys.save();
  return ok(describe(url, key));
}

const describe = (url: string, { name, rotationPolicy = initialPolicy }: StoredKey) => ({
  id: `${url}/keys/${name}/rotationpolicy`,
  ...rotationPolicy,
});
