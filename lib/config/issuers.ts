/** The identity providers whose tokens count, for what, and how to read them. */
import * as z from "zod";
import { ISSUER_ROLES } from "../domain/owner.ts";
import { IssuerUrl } from "./values.ts";

const Text = z.string().min(1);

/** These tell when a token was made, expires or when a profile changed, not when the person signed in. */
const NO_SIGN_IN = ["iat", "nbf", "exp", "updated_at"];
/** People change these, and another person may get them (OpenID Connect Core §5.7). */
const NO_SUBJECT = ["email", "phone_number", "preferred_username", "name"];

const claimBut = (unfit: string[], problem: string) => Text.refine((name) => !unfit.includes(name), problem);

/**
 * `authContext`: the provider supports Entra's claims challenge. `accountClaim`: the claim with the user
 * name, if its tokens prove personal accounts. `tokens`: `id` if a backend can check only its ID tokens.
 */
const Issuer = z
  .strictObject({
    issuer: IssuerUrl,
    audience: Text.transform((one) => [one]).or(z.array(Text).min(1)),
    audienceClaim: Text.optional(),
    role: z.enum(ISSUER_ROLES),
    tokens: z.enum(["access", "id"]).default("access"),
    clients: z.array(Text).min(1).optional(),
    subjectClaim: claimBut(NO_SUBJECT, "must be a claim that people can't change").default("sub"),
    authTimeClaim: claimBut(NO_SIGN_IN, "must be a claim that says when the person signed in").default(
      "auth_time",
    ),
    accountClaim: Text.default("preferred_username"),
    authContext: Text.optional(),
  })
  .refine(({ role, tokens }) => role !== "provider" || tokens === "access", {
    path: ["tokens"],
    error: "must be access for the role provider: apps have no ID tokens",
  });
type Issuer = z.infer<typeof Issuer>;

export const IdentityIssuers = z
  .array(Issuer)
  .refine(
    (issuers) => issuers.some(({ role }) => role === "recovery"),
    "must name at least one issuer with the role recovery",
  )
  .refine(
    tellAppsFromPeople,
    "must give the role provider its own audience, not shared with another role of the same issuer",
  );

/**
 * With one audience for both, an app's token would pass as an owner's, or as a sign-in that proves an
 * account.
 */
function tellAppsFromPeople(issuers: Issuer[]): boolean {
  const apps = issuers.filter(({ role }) => role === "provider");
  const people = issuers.filter(({ role }) => role !== "provider");
  return apps.every((app) =>
    people.every(
      ({ issuer, audience }) =>
        issuer !== app.issuer || !audience.some((each) => app.audience.includes(each)),
    ),
  );
}
