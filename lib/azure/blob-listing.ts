/** Reads what storage answers to List Blobs. A reader for any XML makes ten times as much of it in memory, and sweeps list 5,000 at once. */

export type Listed = { name: string; etag: string; metadata: Record<string, string>; modifiedAt: Date };
/** `next` brings the page after this one. */
export type BlobPage = { blobs: Listed[]; next: string | undefined };

/** Blob Storage's REST reference, List Blobs: `EnumerationResults`. */
export function readListing(xml: Buffer): BlobPage {
  const blobs: Listed[] = [];
  let end = 0;
  for (;;) {
    const start = xml.indexOf("<Blob>", end);
    if (start < 0) break;
    end = xml.indexOf("</Blob>", start);
    blobs.push(readBlob(xml.toString("utf8", start, end)));
  }
  return { blobs, next: textOf(xml.toString("utf8", end), "NextMarker") || undefined };
}

function readBlob(blob: string): Listed {
  const etag = textOf(blob, "Etag");
  const [, metadata = ""] = /<Metadata>(.*)<\/Metadata>/s.exec(blob) ?? [];
  const entries = metadata.matchAll(/<([\w-]+)>([^<]*)<\/\1>/g);
  return {
    name: textOf(blob, "Name"),
    etag: etag.startsWith('"') ? etag : `"${etag}"`,
    modifiedAt: new Date(textOf(blob, "Last-Modified")),
    metadata: Object.fromEntries([...entries].map(([, name = "", value = ""]) => [name, unescaped(value)])),
  };
}

const textOf = (xml: string, element: string): string => {
  const [, text = ""] = new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml) ?? [];
  return unescaped(text);
};

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

const unescaped = (text: string): string => text.replaceAll(/&(\w+);/g, (all, name) => ENTITIES[name] ?? all);
