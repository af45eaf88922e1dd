/** Tokens that aren't the owner's own: of the account to be proven, of a provider's app. */
import { inject } from "vitest";
import { devToken } from "../../infra/local/tokens.ts";

type Claims = {
  subject: string;
  authTime?: number | null;
  expiresIn?: number;
  account?: string;
  roles?: string[];
  claims?: object;
};

const aToken = (claims: Claims) => devToken(inject("surroundings").issuer, claims);

/** Seconds since the epoch, and an expiry beyond any of the tests' clocks. */
const timesOf = (authTime: Date) => ({
  authTime: Math.floor(authTime.getTime() / 1000),
  expiresIn: 400 * 86_400,
});

/** A sign-in to a personal account whose token lacks its time. */
export const anAccountTokenWithoutTime = (userName: string) =>
  aToken({ subject: `subject of ${userName}`, account: userName, authTime: null, expiresIn: 400 * 86_400 });

/** A sign-in to a personal account. */
export const anAccountToken = (userName: string, authTime: Date, subject = `subject of ${userName}`) =>
  aToken({ subject, account: userName, ...timesOf(authTime) });

/**
 * An app's token: `contoso-sign-in` answers for the tenant contoso, `personal-sign-in` for personal accounts.
 */
export const aProviderToken = (client: string, ...roles: string[]) =>
  aToken({ subject: client, roles, expiresIn: 400 * 86_400, claims: { client_id: client } });
