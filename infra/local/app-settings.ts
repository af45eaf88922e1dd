/** The settings under which the production code runs against the local stack. */
import type { Azurite } from "./azurite.ts";
import type { Identity } from "./identity.ts";
import type { PublicKey } from "./vault-admin.ts";

const apiAudience = "api://authenticator-backup";

type Pieces = {
  apiUrl: string;
  issuerUrl: string;
  identity: Identity;
  azurite: Azurite;
  /** Newest version first: it wraps, the others may still unwrap. */
  publicKeys: readonly PublicKey[];
};

export function appSettings({
  apiUrl,
  issuerUrl,
  identity,
  azurite,
  publicKeys,
}: Pieces): Record<string, string> {
  const keys = publicKeys.map(({ kid, kty, n, e }) => ({ kid, kty, n, e }));
  return {
    PUBLIC_BASE_URL: apiUrl,
    IDENTITY_ISSUERS: JSON.stringify([{ issuer: issuerUrl, audience: apiAudience, role: "recovery" }]),
    BACKUPS_STORAGE: azurite.connectionString,
    KEYS_STORAGE: azurite.connectionString,
    AzureWebJobsStorage: azurite.connectionString,
    KEY_IDS: keys[0]?.kid ?? "",
    PINNED_PUBLIC_KEYS: JSON.stringify({ keys }),
    ...identity.settings,
  };
}
