/** F37: any vault comes back, in order, on a new device and on one that has a part of it. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Account, ExistingAccount, StoredAccount } from "../../../lib/domain/account.ts";
import { BackupDocument, decodeDocument, encodeDocument } from "../../../lib/domain/backup/document.ts";
import { fingerprintOf } from "../../../lib/domain/code-parameters.ts";
import { compareWith } from "../../../lib/domain/recovery/on-device.ts";
import { planRecovery } from "../../../lib/domain/recovery/plan.ts";
import { parse } from "../../../lib/http/pipeline/parse.ts";
import { onDevice } from "../../support/builders.ts";
import { documentsOf } from "../arbitraries.ts";
import { holds } from "../holds.ts";

/** As it is uploaded, sealed and opened again. */
const throughService = (document: BackupDocument) =>
  decodeDocument(encodeDocument(parse(BackupDocument, JSON.parse(JSON.stringify(document)), "body")));

const recovered = (accounts: StoredAccount[], existing: ExistingAccount[]) => {
  const { presence } = compareWith(accounts, existing);
  const circumstances = {
    presence,
    bound: new Set<string>(),
    pushing: new Set<string>(),
    samePlatform: true,
  };
  return planRecovery({ accounts, settings: {} }, circumstances);
};

const isThirdParty = ({ kind }: Account) => kind === "third-party";
const madeFrom = (account: Account) =>
  account.kind === "third-party" ? fingerprintOf(account.otp) : undefined;

/** Mostly small ones; some of a thousand. */
const sizes: [string, { minLength?: number; maxLength: number }, number][] = [
  ["1 to 30", { minLength: 1, maxLength: 30 }, 150],
  ["1 to 1,000", { minLength: 1, maxLength: 1000 }, 8],
  ["nearly 1,000", { minLength: 900, maxLength: 1000 }, 2],
];

describe.each(sizes)("F37 vaults of %s entries", (_, length, runs) => {
  const vaults = documentsOf(length).filter(({ accounts }) => accounts.length > 0);

  it("F37 R1 R2 R3 R13 come back equal and in order, with their settings, on a new device", () => {
    holds(
      fc.property(vaults, (vault) => {
        const opened = throughService(vault);
        expect(opened).toEqual(vault);
        // Members keep the order in which they were stored, so that a device may compare texts.
        const stored = encodeDocument(parse(BackupDocument, structuredClone(vault), "body"));
        expect(encodeDocument(opened).toString()).toBe(stored.toString());
        const outcomes = recovered(opened.accounts, []);
        expect(outcomes.map(({ account }) => account)).toEqual(vault.accounts);
        const whole = outcomes.map(({ reason }) => reason === "in-backup");
        expect(whole).toEqual(vault.accounts.map(isThirdParty));
      }),
      runs,
    );
  });

  it("F37 R11 R13 come back wholly on a device that has a part of them: none twice, none missing", () => {
    const parts = fc.tuple(vaults, fc.infiniteStream(fc.boolean())).map(([vault, there]) => {
      const onIt = vault.accounts.map(() => there.next().value === true);
      return { vault, part: vault.accounts.filter((_, at) => onIt[at]), onIt };
    });
    holds(
      fc.property(parts, ({ vault, part, onIt }) => {
        const outcomes = recovered(throughService(vault).accounts, part.map(onDevice));
        const known = new Set(part.map(madeFrom).filter(Boolean));
        for (const [at, account] of vault.accounts.entries()) {
          const { outcome, account: told } = outcomes[at] ?? expect.fail("missing");
          const isKept = onIt[at] || known.has(madeFrom(account));
          expect({ at, isKept: outcome === "keep" }).toEqual({ at, isKept });
          if (!isKept) expect(told).toEqual(account);
        }
        const restored = vault.accounts.filter((_, at) => outcomes[at]?.outcome === "restore");
        const makes = [...part, ...restored].map(madeFrom);
        expect(new Set(makes.filter(Boolean))).toEqual(new Set(vault.accounts.map(madeFrom).filter(Boolean)));
      }),
      runs,
    );
  });
});
