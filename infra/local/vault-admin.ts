/** The stack's administration of its vault: makes the key that wraps backups, reads its public half. */
import * as z from "zod";
import type { ManagedIdentity } from "./identity.ts";

const Bundle = z.object({
  key: z.object({ kid: z.string(), kty: z.string(), n: z.string(), e: z.string() }),
});
const Versions = z.object({ value: z.array(z.object({ kid: z.string() })) });

export type PublicKey = z.infer<typeof Bundle>["key"];
export type VaultAdmin = {
  /** Calls the vault with the rights of `admin`, for example `call("POST", "/keys/backup-kek/rotate")`. */
  call(method: string, path: string, body?: unknown): Promise<Response>;
  /** Makes the key if there is none. */
  ensureKey(name: string): Promise<void>;
  /** The public half of every version, newest first; each names its versioned `kid`. */
  publicKeys(name: string): Promise<PublicKey[]>;
};

export function createVaultAdmin(vaultUrl: string, identity: ManagedIdentity): VaultAdmin {
  const call: VaultAdmin["call"] = async (method, path, body) =>
    fetch(`${vaultUrl}${path}?api-version=2025-07-01`, {
      method,
      headers: {
        authorization: `Bearer ${await identity.issueToken("admin", "https://vault.azure.net")}`,
        "content-type": "application/json",
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  return {
    call,
    async ensureKey(name) {
      const found = await call("GET", `/keys/${name}/`);
      if (found.status === 404) await expectOk(await call("POST", `/keys/${name}/create`, keyToMake));
      else await expectOk(found);
    },
    async publicKeys(name) {
      const { value } = Versions.parse(await expectOk(await call("GET", `/keys/${name}/versions`)));
      const kids = value.map(({ kid }) => kid).reverse();
      return Promise.all(kids.map(async (kid) => readPublicKey(await call("GET", new URL(kid).pathname))));
    },
  };
}

const keyToMake = { kty: "RSA", key_size: 3072, key_ops: ["wrapKey", "unwrapKey"] };

const readPublicKey = async (response: Response) => Bundle.parse(await expectOk(response)).key;

async function expectOk(response: Response): Promise<unknown> {
  const body = await response.json();
  if (!response.ok) throw new Error(`The vault answered ${response.status}: ${JSON.stringify(body)}`);
  return body;
}
