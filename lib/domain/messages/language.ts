/** The languages of messages to people. Each has one file of texts in lib/texts. */
import * as z from "zod";

export const LANGUAGES = ["en", "sv"] as const;
export const Language = z.enum(LANGUAGES);
export type Language = z.infer<typeof Language>;
