/** Sets up oidc-provider: one public app with PKCE, JWT access tokens for the API, anyone may sign in. */
import { type Context, Provider } from "oidc-provider";
import { createMemoryAdapter } from "oidc-provider/lib/adapters/memory_adapter.js";
import { audienceOfPeople } from "./audiences.ts";
import type { SigningKey } from "./signing-keys.ts";

export const clientId = "authenticator-app";
const redirectUris = [
  "http://127.0.0.1/callback",
  "http://[::1]/callback",
  "com.example.authenticator:/callback",
] as const;

const scope = "backup";
const hour = 60 * 60;
const fortnight = 14 * 24 * hour;

type ProviderOptions = {
  issuer: string;
  keys: readonly SigningKey[];
  cookieKey: string;
};

export function createProvider({ issuer, keys, cookieKey }: ProviderOptions): Provider {
  return new Provider(issuer, {
    // The default, set explicitly to avoid its warning.
    adapter: createMemoryAdapter(),
    jwks: { keys },
    cookies: { keys: [cookieKey] },
    clients: [client],
    scopes: ["openid", "offline_access"],
    clientBasedCORS: () => true,
    findAccount: (_: Context, accountId: string) => ({ accountId, claims: () => ({ sub: accountId }) }),
    interactions: { url: (_: Context, { uid }: { uid: string }) => `/sign-in/${uid}` },
    loadExistingGrant: grantEverything,
    extraTokenClaims,
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource,
        useGrantedResource: () => true,
        getResourceServerInfo,
      },
    },
    ttl: {
      AccessToken: hour,
      IdToken: hour,
      RefreshToken: fortnight,
      Interaction: hour,
      Session: fortnight,
      Grant: fortnight,
    },
  });
}

const client = {
  client_id: clientId,
  application_type: "native",
  token_endpoint_auth_method: "none",
  grant_types: ["authorization_code", "refresh_token"],
  response_types: ["code"],
  redirect_uris: redirectUris,
};

/** Grants everything without asking for consent. */
async function grantEverything({ oidc }: Context) {
  const { provider, session, client: asking } = oidc;
  const grant = new provider.Grant({ accountId: session.accountId, clientId: asking.clientId });
  grant.addOIDCScope("openid offline_access");
  grant.addResourceScope(audienceOfPeople, scope);
  await grant.save();
  return grant;
}

const defaultResource = (_: Context, __: unknown, oneOf?: string[]) => oneOf ?? audienceOfPeople;

const getResourceServerInfo = (_: Context, audience: string) => ({
  scope,
  audience,
  accessTokenTTL: hour,
  accessTokenFormat: "jwt",
  jwt: { sign: { alg: "RS256" } },
});

/** A refreshed token keeps the time of its original sign-in. */
function extraTokenClaims({ oidc }: Context) {
  const { AuthorizationCode, RefreshToken } = oidc.entities;
  return { auth_time: (AuthorizationCode ?? RefreshToken)?.authTime };
}
