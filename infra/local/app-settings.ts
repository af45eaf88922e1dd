/** The app settings for the local stack. */
import type { Azurite } from "./azurite.ts";
import type { ManagedIdentity } from "./identity.ts";
import { audienceOfApps, audienceOfPeople } from "./issuer/audiences.ts";
import type { Mailbox } from "./mailbox/start-mailbox.ts";
import type { PublicKey } from "./vault-admin.ts";

const workIssuer = "https://sts.example";

type Pieces = {
  apiUrl: string;
  issuerUrl: string;
  mailbox: Mailbox;
  identity: ManagedIdentity;
  azurite: Azurite;
  /** Newest version first: it wraps, the others only unwrap. */
  publicKeys: readonly PublicKey[];
  /** As the app gets it; undefined for its default. */
  maxUploadBytes: string | undefined;
};

export function appSettings({
  apiUrl,
  issuerUrl,
  mailbox,
  identity,
  azurite,
  publicKeys,
  maxUploadBytes,
}: Pieces): Record<string, string> {
  const keys = publicKeys.map(({ kid, kty, n, e }) => ({ kid, kty, n, e }));
  return {
    PUBLIC_BASE_URL: apiUrl,
    IDENTITY_ISSUERS: JSON.stringify(identityIssuers(issuerUrl)),
    PROVIDERS: JSON.stringify(providers(issuerUrl)),
    BACKUPS_STORAGE: azurite.connectionString,
    KEYS_STORAGE: azurite.connectionString,
    QUEUE_STORAGE: azurite.connectionString,
    AzureWebJobsStorage: azurite.connectionString,
    AzureWebJobsDisableHomepage: "true",
    COMMUNICATION_SERVICE: mailbox.connectionString,
    EMAIL_SENDER: "no-reply@authenticator.example",
    SMS_SENDER: "+46700000000",
    // Whoever tries it out needn't wait for days.
    ERASURE_DELAY_HOURS: "0",
    KEY_IDS: keys[0]?.kid ?? "",
    PINNED_PUBLIC_KEYS: JSON.stringify({ keys }),
    FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: String(largestRequest(maxUploadBytes)),
    // As in `modules/app-settings.bicep` for all but the smallest instances.
    languageWorkers__node__arguments: "--max-semi-space-size=16",
    ...identity.settings,
  };
}

/** The host's body limit in bytes, as in `modules/app-settings.bicep`. */
export const largestRequest = (maxUploadBytes = "1048576"): number =>
  Math.floor((Number(maxUploadBytes) * 7) / 3) + 1_048_576;

const identityIssuers = (issuer: string) => [
  { issuer, audience: audienceOfPeople, role: "recovery" },
  { issuer, audience: audienceOfPeople, role: "account", accountClaim: "account" },
  { issuer, audience: audienceOfApps, role: "provider" },
];

/** Which apps may check codes, and of which accounts. */
const providers = (issuer: string) => [
  { clientId: "contoso-sign-in", accounts: [{ issuer: workIssuer, tenants: ["contoso"] }] },
  { clientId: "fabrikam-sign-in", accounts: [{ issuer: workIssuer, tenants: ["fabrikam"] }] },
  { clientId: "personal-sign-in", accounts: [{ issuer }] },
];
