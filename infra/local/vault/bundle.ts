/** How keys look on the wire: bundles, version items, deleted keys. Only public halves ever leave. */
import type { KeyVersion, StoredKey } from "./stored-key.ts";

const retentionDays = 90;

export const keyId = (vaultUrl: string, name: string, version: string) =>
  `${vaultUrl}/keys/${name}/${version}`;

export function toBundle(vaultUrl: string, key: StoredKey, version: KeyVersion) {
  const { n, e } = version.jwk;
  const kid = keyId(vaultUrl, key.name, version.version);
  return {
    key: { kid, kty: key.kty, key_ops: version.operations, n, e },
    attributes: toAttributes(version),
    tags: version.tags,
  };
}

export const toVersionItem = (vaultUrl: string, key: StoredKey, version: KeyVersion) => ({
  kid: keyId(vaultUrl, key.name, version.version),
  attributes: toAttributes(version),
  tags: version.tags,
});

export function toDeletedBundle(vaultUrl: string, key: StoredKey, version: KeyVersion) {
  const deletedDate = key.deletedAt ?? 0;
  return {
    ...toBundle(vaultUrl, key, version),
    recoveryId: `${vaultUrl}/deletedkeys/${key.name}`,
    deletedDate,
    scheduledPurgeDate: deletedDate + retentionDays * 24 * 60 * 60,
  };
}

const toAttributes = ({ enabled, created, updated, exp, nbf }: KeyVersion) => ({
  enabled,
  ...(exp !== undefined && { exp }),
  ...(nbf !== undefined && { nbf }),
  created,
  updated,
  recoveryLevel: "Recoverable+Purgeable",
  recoverableDays: retentionDays,
  exportable: false,
});
