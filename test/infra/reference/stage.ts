/** What all scenes of the examples' story share. */
import type { CheckedPhone } from "../../support/phones.ts";
import type { Watched } from "../../support/step-up.ts";
import type { Teller } from "./teller.ts";

/** `phone`: Anna's first one, which makes the backup. */
export type Stage = { watched: Watched; teller: Teller; owner: string; phone: CheckedPhone };

export const android = { platform: "android" };
export const ios = { platform: "ios" };
