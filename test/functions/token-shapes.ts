/** The tokens of known providers, with the placeholders of infra/IDENTITY.md. */
/** Written by hand: none was recorded from a provider. */

/** One person, signed in with one of the provider's apps: the iOS one or the Android one. */
export type Signed = { person: string; app: "ios" | "android"; at: Date };

/** `time`: the claim with the sign-in time. `typ`: of the header; omitted if undefined. */
export type Shape = { time: string; typ?: string; claims(signed: Signed): Record<string, unknown> };

const seconds = (at: Date) => Math.floor(at.getTime() / 1000);
const oneOf = (ios: string, android: string, { app }: Signed) => (app === "ios" ? ios : android);
const clientOf = (signed: Signed) => oneOf("IOS_CLIENT_ID", "ANDROID_CLIENT_ID", signed);

/** Entra: `sub` differs for each client, `oid` doesn't. */
const entra = (signed: Signed, tid = "TENANT_ID") => ({
  sub: `${signed.person} in ${signed.app}`,
  oid: signed.person,
  tid,
  aio: "AXQAi/8TAAAA",
  rh: "0.AX",
  uti: "yqGm",
  auth_time: seconds(signed.at),
});
const entraV2 = (signed: Signed, tid?: string) => ({
  ...entra(signed, tid),
  aud: "API_CLIENT_ID",
  azp: clientOf(signed),
  azpacr: "0",
  scp: "backup",
  ver: "2.0",
  name: "Anna",
  preferred_username: "anna@contoso.example",
});

const keycloak = (signed: Signed) => ({
  sub: signed.person,
  aud: ["authenticator-backup", "account"],
  typ: "Bearer",
  azp: `authenticator-${signed.app}`,
  auth_time: seconds(signed.at),
  acr: "1",
  realm_access: { roles: ["offline_access"] },
  resource_access: { account: { roles: ["view-profile"] } },
  scope: "openid profile email",
  email_verified: true,
  preferred_username: "anna",
});

export const shapes: Record<string, Shape> = {
  "Entra ID, version 2 tokens": { time: "auth_time", typ: "JWT", claims: (signed) => entraV2(signed) },
  "Entra ID, version 1 tokens": {
    time: "auth_time",
    typ: "JWT",
    claims: (signed) => ({
      ...entra(signed),
      aud: "api://API_CLIENT_ID",
      acr: "1",
      amr: ["pwd", "mfa"],
      appid: clientOf(signed),
      appidacr: "0",
      ipaddr: "192.0.2.1",
      scp: "backup",
      unique_name: "anna@contoso.example",
      ver: "1.0",
    }),
  },
  "Entra ID, personal accounts": {
    time: "auth_time",
    typ: "JWT",
    claims: (signed) => entraV2(signed, "9188040d-6c67-4c5b-b112-36a304b66dad"),
  },
  "Entra External ID": { time: "auth_time", typ: "JWT", claims: (signed) => entraV2(signed) },
  Auth0: {
    time: "https://backup.example/auth_time",
    typ: "at+jwt",
    claims: (signed) => ({
      sub: `auth0|${signed.person}`,
      aud: ["https://backup.example/api", "https://TENANT.eu.auth0.com/userinfo"],
      azp: clientOf(signed),
      scope: "openid profile offline_access",
      permissions: [],
      "https://backup.example/auth_time": signed.at.toISOString(),
    }),
  },
  Okta: {
    time: "auth_time",
    claims: (signed) => ({
      ver: 1,
      jti: "AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE",
      sub: `anna in ${signed.app}@contoso.example`,
      uid: signed.person,
      cid: clientOf(signed),
      aud: "api://default",
      scp: ["openid", "offline_access"],
      auth_time: seconds(signed.at),
    }),
  },
  "Keycloak, from version 25 on": { time: "auth_time", typ: "JWT", claims: keycloak },
  "Keycloak, before version 25": {
    time: "auth_time",
    typ: "JWT",
    claims: (signed) => ({ ...keycloak(signed), nonce: "n-0S6_WzA2Mj", session_state: "d8d4", jti: "1" }),
  },
  "Amazon Cognito": {
    time: "auth_time",
    claims: (signed) => ({
      sub: signed.person,
      "cognito:groups": ["people"],
      version: 2,
      client_id: clientOf(signed),
      origin_jti: "aaaa",
      event_id: "bbbb",
      token_use: "access",
      scope: "openid",
      auth_time: seconds(signed.at),
      username: signed.person,
    }),
  },
  Firebase: {
    time: "auth_time",
    typ: "JWT",
    claims: (signed) => ({
      sub: signed.person,
      user_id: signed.person,
      aud: "PROJECT_ID",
      auth_time: seconds(signed.at),
      email: "anna@mail.example",
      firebase: { identities: { email: ["anna@mail.example"] }, sign_in_provider: "password" },
    }),
  },
  Google: {
    time: "auth_time",
    typ: "JWT",
    claims: (signed) => ({
      sub: signed.person,
      azp: clientOf(signed),
      aud: oneOf("IOS_CLIENT_ID", "WEB_CLIENT_ID", signed),
      at_hash: "77QmUPtjPfzWtF2AnpK9RQ",
      nonce: "n-0S6_WzA2Mj",
      auth_time: seconds(signed.at),
      amr: ["pwd"],
      email: "anna@mail.example",
    }),
  },
  Apple: {
    time: "auth_time",
    claims: (signed) => ({
      sub: signed.person,
      aud: oneOf("BUNDLE_ID", "SERVICES_ID", signed),
      c_hash: "LDktKdoQak3Pk0cnXxCltA",
      nonce: "n-0S6_WzA2Mj",
      nonce_supported: true,
      auth_time: seconds(signed.at),
      email: "anna@privaterelay.example",
      email_verified: "true",
    }),
  },
  Others: {
    time: "auth_time",
    typ: "JWT",
    claims: (signed) => ({
      aud: "microsoft:identityserver:API_CLIENT_ID",
      upn: "anna@contoso.example",
      objectguid: signed.person,
      apptype: "Public",
      appid: clientOf(signed),
      authmethod: "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
      auth_time: signed.at.toISOString(),
      ver: "1.0",
      scp: "openid",
    }),
  },
};
