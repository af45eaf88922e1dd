/** A code as people type or copy it: its six digits count, of any script, and what stands around or between them doesn't. */
import * as z from "zod";
import { codeTyped } from "../domain/typed.ts";

/** Room for all that may stand around six digits. */
const MOST_TYPED = 100;

const NOT_ONE = "must be six digits";

export const Code = z
  .string()
  .max(MOST_TYPED, NOT_ONE)
  .transform(codeTyped)
  .pipe(z.string().regex(/^[0-9]{6}$/, NOT_ONE));
