/** The identity providers whose tokens count, for what, and how to read them. */
import * as z from "zod";
import { ISSUER_ROLES } from "../domain/owner.ts";
import { IssuerUrl } from "./values.ts";

const Text = z.string().min(1);

/**
 * They say when a token was made, may be used, or when a profile was changed: not when somebody signed in.
 */
const NO_SIGN_IN = ["iat", "nbf", "exp", "updated_at"];
/** People change them, and somebody else may get them (OpenID Connect Core §5.7). */
const NO_SUBJECT = ["email", "phone_number", "preferred_username", "name"];

const claimBut = (unfit: string[], problem: string) => Text.refine((name) => !unfit.includes(name), problem);

/**
 * `authContext`: it speaks Entra's claims challenge. `accountClaim`: the claim that holds the user name,
 * where its tokens prove personal accounts. `tokens`: whether it issues ID tokens alone that a backend can
 * check.
 */
const Issuer = z
  .strictObject({
    issuer: IssuerUrl,
    audience: Text.transform((one) => [one]).or(z.array(Text).min(1)),
    audienceClaim: Text.optional(),
    role: z.enum(ISSUER_ROLES),
    tokens: z.enum(["access", "id"]).default("access"),
    clients: z.array(Text).min(1).optional(),
    subjectClaim: claimBut(NO_SUBJECT, "must be a claim that nobody can change").default("sub"),
    authTimeClaim: claimBut(NO_SIGN_IN, "must be a claim that says when the person signed in").default(
      "auth_time",
    ),
    accountClaim: Text.default("preferred_username"),
    authContext: Text.optional(),
  })
  .refine(({ role, tokens }) => role !== "provider" || tokens === "access", {
    path: ["tokens"],
    error: "must be access for the role provider: ID tokens are of people",
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
    "must give the role provider an audience that no other role has with that issuer",
  );

/**
 * With one audience for both, an app's token would be taken for an owner's, or for a sign-in that proves an
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
