/** A code as people type it: six ASCII digits, nothing else. */
import * as z from "zod";

export const Code = z.string().regex(/^[0-9]{6}$/, "must be six digits");
