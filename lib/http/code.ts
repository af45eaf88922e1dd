/** A code as people type or copy it: six digits of any script; other characters around them don't count. */
import * as z from "zod";
import { codeTyped } from "../domain/typed.ts";

/** Room for six digits and the characters around them. */
const MOST_TYPED = 100;

const NOT_ONE = "must be six digits";

export const Code = z
  .string()
  .max(MOST_TYPED, NOT_ONE)
  .transform(codeTyped)
  .pipe(z.string().regex(/^[0-9]{6}$/, NOT_ONE));
