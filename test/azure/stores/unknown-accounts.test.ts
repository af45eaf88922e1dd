/** An unknown account needs the vault as much as a known one: a cold instance tells a provider nothing. */

import { expect, it } from "vitest";
import { refused } from "../../functions/helpers.ts";
import { anApp } from "../../support/app.ts";
import { countedVault } from "../../support/counted-vault.ts";
import { aProvablePersonal, aRecovery, bound, proven, providerCall } from "../../support/step-up.ts";
import { aProviderToken } from "../../support/tokens.ts";

const QUESTIONS = [
  ["v1/codes/verify", { code: "000000" }, { valid: false }],
  ["v1/signatures/verify", { challenge: "A".repeat(43), signature: "A".repeat(86) }, { valid: false }],
  ["v1/credentials/end", {}, undefined],
] as const;

it.each(QUESTIONS)(
  "F24 R33 %s: known and unknown accounts are alike on an instance that just started",
  async (path, question, told) => {
    const scene = await aRecovery();
    await proven(scene);
    const token = await aProviderToken("personal-sign-in", "Codes.Verify", "Credentials.End");
    for (const account of [bound(scene.personal), bound(aProvablePersonal())]) {
      const { vault, keys } = countedVault();
      const app = anApp({ clock: scene.watched.clock.now, keys });
      const ask = async () => await providerCall(app, path, { account, ...question }, token);
      await app.services.keyedHash.hash("account", "anything");
      vault.isDown = true;
      refused(await ask(), "vault-unavailable");
      Object.assign(vault, { isDown: false, unwraps: 0 });
      expect((await ask()).body).toEqual(told);
      expect(vault.unwraps).toBe(1);
      Object.assign(vault, { isDown: true, unwraps: 0 });
      expect((await ask()).body).toEqual(told);
      expect(vault.unwraps).toBe(0);
    }
  },
);
