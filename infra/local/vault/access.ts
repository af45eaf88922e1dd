/** Who may do what in the vault: the app only what its role allows, the administrator everything. */
import { forbidden } from "./refusal.ts";

export type Permission = "get" | "wrapKey" | "unwrapKey" | "create" | "rotate" | "update";

/** `app` has the rights of "Key Vault Crypto Service Encryption User" in Azure. */
const access: Readonly<Record<string, readonly Permission[]>> = {
  app: ["get", "wrapKey", "unwrapKey"],
  admin: ["get", "wrapKey", "unwrapKey", "create", "rotate", "update"],
};

/** Refused while the vault is read-only. */
export const changesKeys = (permission: Permission) => ["create", "rotate", "update"].includes(permission);

export function assertAllowed(principal: string, permission: Permission): void {
  if (access[principal]?.includes(permission)) return;
  throw forbidden(
    "ForbiddenByRbac",
    `Caller is not authorized to perform action on resource.\nCaller: oid=${principal}\nAction: 'Microsoft.KeyVault/vaults/keys/${permission}'`,
  );
}
