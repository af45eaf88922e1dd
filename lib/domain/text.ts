/** Text that people read and type: bounded, well-formed Unicode without control characters. */
import * as z from "zod";

const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]/u;

/** A string of at most `max` UTF-16 units. */
export const plainText = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => text.isWellFormed(), "must be well-formed Unicode: it holds an unpaired surrogate")
    .refine((text) => !CONTROLS.test(text), "must not hold control characters");
