/** The texts of each language. */
import type { Language } from "../domain/messages/language.ts";
import { en } from "./en.ts";
import { sv } from "./sv.ts";
import type { Texts } from "./texts.ts";

export const texts = { en, sv } as const satisfies Record<Language, Texts>;
