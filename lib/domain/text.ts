/** Text schemas: what people read and type, and JSON in a string. */
import * as z from "zod";

const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]/u;

/** A string of at most `max` UTF-16 units. */
export const plainText = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => text.isWellFormed(), "must be well-formed Unicode: it holds an unpaired surrogate")
    .refine((text) => !CONTROLS.test(text), "must not hold control characters");

/** A string that holds JSON of this shape. */
export const jsonOf = <T extends z.ZodType>(schema: T) =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: "custom", message: "must be JSON", input: undefined });
        return z.NEVER;
      }
    })
    .pipe(schema);
