/** The OpenAPI document, read from the file beside this one (in the package: minified, beside the bundle). */
import { readFileSync } from "node:fs";
import * as z from "zod";
import { sha256 } from "../domain/hash.ts";

export const OpenApi = z.looseObject({ openapi: z.string() });

type BuiltDocument = { document: z.infer<typeof OpenApi>; etag: string };
let kept: BuiltDocument | undefined;

/** Reads the file on first use, then answers from memory. The build fails if the file is missing. */
export function openApi(): BuiltDocument {
  kept ??= read();
  return kept;
}

function read(): BuiltDocument {
  const document = OpenApi.parse(
    JSON.parse(readFileSync(new URL("./openapi.json", import.meta.url), "utf8")),
  );
  return { document, etag: `"${sha256(JSON.stringify(document))}"` };
}
