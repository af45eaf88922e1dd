/** How keys look on the wire: bundles and version items. Only public halves ever leave. */
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
  };
}

export const toVersionItem = (vaultUrl: string, key: StoredKey, version: KeyVersion) => ({
  kid: keyId(vaultUrl, key.name, version.version),
  attributes: toAttributes(version),
});

const toAttributes = ({ enabled, created, updated, exp }: KeyVersion) => ({
  enabled,
  ...(exp !== undefined && { exp }),
  created,
  updated,
  recoveryLevel: "Recoverable+Purgeable",
  recoverableDays: retentionDays,
  exportable: false,
});
