/** The OpenAPI document: it lies beside this file and, minified, beside the bundle that this file ends up in. */
import { readFileSync } from "node:fs";
import * as z from "zod";
import { sha256 } from "../domain/owner.ts";

export const OpenApi = z.looseObject({ openapi: z.string() });

type BuiltDocument = { document: z.infer<typeof OpenApi>; etag: string };
let kept: BuiltDocument | undefined;

/** Read when it is first asked for, then kept. The build fails where the file is missing. */
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
