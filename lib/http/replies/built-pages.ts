/** Pages that are the same for everybody: rendered when the app is built, read from one file on first use, then answered from memory. */
import { readFile } from "node:fs/promises";
import * as z from "zod";
import { isKnown } from "../headers/known-etags.ts";

const Built = z.object({
  /** Of the one style sheet that all of them have, as a content security policy names it. */
  styleHash: z.string(),
  pages: z.record(z.string(), z.object({ etag: z.string(), html: z.string() })),
});

type BuiltPage = { etag: string; html: string; styleHash: string };

/** The page at this path, such as `problems/busy`; undefined if there is none. */
export type BuiltPages = (path: string) => Promise<BuiltPage | undefined>;

/** A file that couldn't be read is tried again with the next request. */
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

/** 304 where the caller has it already. Throws if the build has left it out, which packaging looks for. */
export async function replyWithPage(pages: BuiltPages, path: string, knownEtags: string[]) {
  const page = await pages(path);
  if (!page) throw new Error(`No page was built for ${path}.`);
  const { etag, html, styleHash } = page;
  if (isKnown(etag, knownEtags)) return { status: 304 as const, body: undefined, etag, styleHash };
  return { status: 200 as const, body: html, etag, styleHash };
}
