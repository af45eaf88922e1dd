/** An account that nobody has needs the vault as much as one that somebody has: a provider learns nothing from a cold instance. */
import { expect, it } from "vitest";
import { Failure } from "../../../lib/domain/failure.ts";
import type { WrappingKeys } from "../../../lib/domain/sealing/seal.ts";
import { refused } from "../../functions/helpers.ts";
import { anApp } from "../../support/app.ts";
import { aProvablePersonal, aRecovery, bound, proven, providerCall } from "../../support/step-up.ts";
import { aProviderToken } from "../../support/tokens.ts";

const QUESTIONS = [
  ["v1/codes/verify", { code: "000000" }],
  ["v1/signatures/verify", { challenge: "A".repeat(43), signature: "A".repeat(86) }],
] as const;

/** A vault that counts what it opens, and can be down. */
function aVault() {
  const vault = { isDown: false, unwraps: 0 };
  const keys = (real: WrappingKeys): WrappingKeys => ({
    ...real,
    async unwrap(...wrapped) {
      vault.unwraps += 1;
      if (vault.isDown) throw new Failure("vault-unavailable", "down", { retryAfterSeconds: 10 });
      return await real.unwrap(...wrapped);
    },
  });
  return { vault, keys };
}

it.each(QUESTIONS)(
  "F24 R33 %s: known and unknown accounts are alike on an instance that just started",
  async (path, question) => {
    const scene = await aRecovery();
    await proven(scene);
    const token = await aProviderToken("personal-sign-in", "Codes.Verify");
    for (const account of [bound(scene.personal), bound(aProvablePersonal())]) {
      const { vault, keys } = aVault();
      const app = anApp({ clock: scene.watched.clock.now, keys });
      const ask = async () => await providerCall(app, path, { account, ...question }, token);
      await app.services.peppers.hash("account", "anything");
      vault.isDown = true;
      refused(await ask(), "vault-unavailable");
      Object.assign(vault, { isDown: false, unwraps: 0 });
      expect((await ask()).body).toEqual({ valid: false });
      expect(vault.unwraps).toBe(1);
      Object.assign(vault, { isDown: true, unwraps: 0 });
      expect((await ask()).body).toEqual({ valid: false });
      expect(vault.unwraps).toBe(0);
    }
  },
);
