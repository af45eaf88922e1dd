/** Providers: organisations that run sign-in for accounts, and which accounts each answers for (R33). */
import * as z from "zod";
import type { DeviceBoundAccount } from "../account.ts";
import { Failure } from "../failure.ts";

export const PROVIDER_ROLES = ["Tickets.Issue", "Codes.Verify", "Credentials.End", "Sweeps.Run"] as const;
export type ProviderRole = (typeof PROVIDER_ROLES)[number];

/**
 * `clientId`: the app that its tokens are issued to. `issuer`: the tokens' issuer, if several are possible.
 * `tenants`: only work accounts of these; without it, personal accounts only.
 */
export const Provider = z.strictObject({
  clientId: z.string().min(1),
  issuer: z.string().min(1).optional(),
  accounts: z.array(
    z.strictObject({ issuer: z.string().min(1), tenants: z.array(z.string().min(1)).optional() }),
  ),
});
export type Provider = z.infer<typeof Provider>;

export const answersFor = ({ accounts }: Provider, account: DeviceBoundAccount): boolean =>
  accounts.some(
    ({ issuer, tenants }) =>
      issuer === account.issuer && (account.kind === "work" ? tenants?.includes(account.tenant) : !tenants),
  );

/** Fails as `account-not-yours`, whether there is such an account or not. */
export function requireAnswersFor(provider: Provider, account: DeviceBoundAccount): void {
  if (answersFor(provider, account)) return;
  throw new Failure("account-not-yours", "This app isn't registered for accounts of that issuer or tenant.");
}
