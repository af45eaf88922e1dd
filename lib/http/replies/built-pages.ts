/** Static pages: rendered at build time, read from one file on first use, then served from memory. */
import { readFile } from "node:fs/promises";
import * as z from "zod";
import { isKnown } from "../headers/known-etags.ts";

const Built = z.object({
  /** Hash of the style sheet that all pages share, as a content security policy names it. */
  styleHash: z.string(),
  pages: z.record(z.string(), z.object({ etag: z.string(), html: z.string() })),
});

type BuiltPage = { etag: string; html: string; styleHash: string };

/** Finds the page at a path such as `problems/busy`; undefined if there is none. */
export type BuiltPages = (path: string) => Promise<BuiltPage | undefined>;

/** If reading the file fails, the next request tries again. */
export function builtPages(file: URL): BuiltPages {
  let reading: Promise<z.infer<typeof Built>> | undefined;
  return async (path) => {
    reading ??= readBuilt(file);
    const { styleHash, pages } = await reading.catch((error: unknown) => {
      reading = undefined;
      throw error;
    });
    const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
    return page && { ...page, styleHash };
  };
}

const readBuilt = async (file: URL) => Built.parse(JSON.parse(await readFile(file, "utf8")));

/** Answers 304 if the caller has the page. Throws if the build left it out; packaging checks for that. */
export async function replyWithPage(pages: BuiltPages, path: string, knownEtags: string[]) {
  const page = await pages(path);
  if (!page) throw new Error(`No page was built for ${path}.`);
  const { etag, html, styleHash } = page;
  if (isKnown(etag, knownEtags)) return { status: 304 as const, body: undefined, etag, styleHash };
  return { status: 200 as const, body: html, etag, styleHash };
}
