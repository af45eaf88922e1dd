/** Wraps an app's vault: counts unwraps, and can be down. */
import type { WrappingKeys } from "../../lib/domain/sealing/seal.ts";
import { vaultSilent } from "./silent.ts";

export function countedVault() {
  const vault = { unwraps: 0, isDown: false };
  const keys = (real: WrappingKeys): WrappingKeys => ({
    ...real,
    async unwrap(...wrapped) {
      vault.unwraps += 1;
      if (vault.isDown) throw vaultSilent();
      return await real.unwrap(...wrapped);
    },
  });
  return { vault, keys };
}
