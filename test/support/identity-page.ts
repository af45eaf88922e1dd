/** The entries that infra/IDENTITY.md tells people to set, by the name of the provider. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

const Entry = z.looseObject({ issuer: z.string(), role: z.string() });
export type Entry = z.infer<typeof Entry>;

const page = readFileSync(join(import.meta.dirname, "../../infra/IDENTITY.md"), "utf8");

export const entriesOfThePage: ReadonlyMap<string, Entry> = new Map(
  page.split(/^## /m).flatMap((chapter): [string, Entry][] => {
    const [name = ""] = chapter.split("\n");
    const [, json] = /^```json\n(.*?)^```$/ms.exec(chapter) ?? [];
    return json === undefined ? [] : [[name, Entry.parse(JSON.parse(json))]];
  }),
);
