/** Providers: each answers only for the issuers and tenants that it is registered for. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DeviceBoundAccount } from "../../../lib/domain/account.ts";
import { answersFor, Provider, requireAnswersFor } from "../../../lib/domain/step-up/provider.ts";
import { aBound, aBoundWork } from "../builders.ts";
import { holds } from "../holds.ts";
import { refusalOf } from "../refusals.ts";

const registered = (...accounts: Provider["accounts"]): Provider => ({ clientId: "app", accounts });
const { issuer } = aBoundWork();

describe("R33 whom a provider answers for", () => {
  it("R33 work accounts of the named tenants, personal ones if none is named", () => {
    const work = registered({ issuer, tenants: ["contoso", "fabrikam"] });
    const personal = registered({ issuer });
    const cases: [Provider, DeviceBoundAccount, boolean][] = [
      [work, aBoundWork(), true],
      [work, aBoundWork({ tenant: "fabrikam" }), true],
      [work, aBoundWork({ tenant: "northwind" }), false],
      [work, aBoundWork({ tenant: "contos" }), false],
      [work, aBoundWork({ tenant: "Contoso" }), false],
      [work, aBound({ issuer }), false],
      [personal, aBound({ issuer }), true],
      [personal, aBoundWork(), false],
      [personal, aBound({ issuer: `${issuer}/` }), false],
      [personal, aBound({ issuer: issuer.toUpperCase() }), false],
      [registered({ issuer, tenants: [] }), aBound({ issuer }), false],
      [registered({ issuer, tenants: [] }), aBoundWork(), false],
      [registered(), aBound({ issuer }), false],
    ];
    for (const [provider, account, answers] of cases) {
      const said = { provider, account, answers: answersFor(provider, account) };
      expect(said).toEqual({ provider, account, answers });
    }
  });

  it("R33 issuer and tenant must be in one registration", () => {
    const two = registered(
      { issuer, tenants: ["contoso"] },
      { issuer: "https://other", tenants: ["fabrikam"] },
    );
    expect({
      otherTenant: answersFor(two, aBoundWork({ tenant: "fabrikam" })),
      otherIssuer: answersFor(two, aBoundWork({ issuer: "https://other" })),
      ofOneRegistration: answersFor(two, aBoundWork({ issuer: "https://other", tenant: "fabrikam" })),
    }).toEqual({ otherTenant: false, otherIssuer: false, ofOneRegistration: true });
  });

  it("R33 nothing outside the registration, whoever the user", () => {
    const names = fc.constantFrom("a", "b", "c", "", "a,b", "constructor", "__proto__", "includes");
    const registrations = fc.array(
      fc.record(
        { issuer: names.filter(Boolean), tenants: fc.array(names.filter(Boolean), { maxLength: 3 }) },
        { requiredKeys: ["issuer"] },
      ),
      { maxLength: 3 },
    );
    const accounts = fc.oneof(
      fc.tuple(names, names).map(([issuer, userName]) => aBound({ issuer, userName })),
      fc
        .tuple(names, names, names)
        .map(([issuer, userName, tenant]) => aBoundWork({ issuer, userName, tenant })),
    );
    holds(
      fc.property(registrations, accounts, (given, account) => {
        const provider = Provider.parse({ clientId: "app", accounts: given });
        const pairs = provider.accounts.flatMap(({ issuer, tenants }) =>
          tenants ? tenants.map((tenant) => `${issuer} work ${tenant}`) : [`${issuer} personal`],
        );
        const name =
          account.kind === "work" ? `${account.issuer} work ${account.tenant}` : `${account.issuer} personal`;
        expect(answersFor(provider, account)).toBe(pairs.includes(name));
        const check = () => requireAnswersFor(provider, account);
        if (pairs.includes(name)) expect(check).not.toThrow();
        else expect(refusalOf(check)).toMatchObject({ kind: "account-not-yours", details: {} });
      }),
      1000,
    );
  });

  it("R33 a refusal names nothing", () => {
    const { message } = refusalOf(() => requireAnswersFor(registered(), aBoundWork()));
    for (const name of Object.values(aBoundWork())) {
      if (name !== "work") expect(message).not.toContain(name);
    }
  });
});
