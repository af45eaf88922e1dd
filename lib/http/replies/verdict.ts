/** The reply to a provider, and all it learns: valid or not, and from which device. */
import * as z from "zod";
import type { Checked } from "../../domain/credentials/credential.ts";

export const Verdict = z.discriminatedUnion("valid", [
  z.strictObject({ valid: z.literal(true), device: z.string() }),
  z.strictObject({ valid: z.literal(false) }),
]);

export const verdict = (checked: Checked): z.infer<typeof Verdict> =>
  checked ? { valid: true, device: checked.device } : { valid: false };
