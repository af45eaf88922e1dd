/** Reads a JSON body by its schema. */
import * as z from "zod";
import { badRequest } from "./refusal.ts";

/** @throws the refusal of a body that doesn't fit, saying why */
export function parseBody<S extends z.ZodType>(schema: S, body: string): z.infer<S> {
  const parsed = schema.safeParse(parseJson(body));
  if (parsed.success) return parsed.data;
  throw badRequest(z.prettifyError(parsed.error), parsed.error);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw badRequest("The request body is not valid JSON.", cause);
  }
}
