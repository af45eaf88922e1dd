/** Parses a versioned Key Vault key id: https://{vault}/keys/{name}/{version}. */
export type KeyId = { id: string; vault: string; name: string; version: string };

const PATH = /^\/keys\/([0-9A-Za-z-]{1,127})\/([0-9a-f]{32})$/;

/** Undefined unless the id matches exactly. */
export function parseKeyId(id: string): KeyId | undefined {
  const url = URL.parse(id);
  const [, name, version] = PATH.exec(url?.pathname ?? "") ?? [];
  if (!url || !name || !version || `${url.origin}${url.pathname}` !== id) return undefined;
  return { id, vault: url.origin, name, version };
}
