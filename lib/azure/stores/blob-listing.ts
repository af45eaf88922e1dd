/** Parses the answer of List Blobs. */
/** A general XML reader takes ten times the memory, and sweeps list 5,000 blobs at once. */

export type Listed = { name: string; etag: string; metadata: Record<string, string>; modifiedAt: Date };
/** `blobs` are parsed as they are read, once. `next` fetches the following page. */
export type BlobPage = { blobs: Iterable<Listed>; next: string | undefined };

/** Blob Storage REST reference, List Blobs: `EnumerationResults`. Throws if that has no end. */
export function readListing(xml: Buffer): BlobPage {
  const rest = xml.subarray(Math.max(xml.lastIndexOf("</Blobs>"), 0));
  if (!rest.includes("</EnumerationResults>")) throw new Error("The listing is cut short.");
  return { blobs: blobsIn(xml), next: textIn(rest, "NextMarker") || undefined };
}

function* blobsIn(xml: Buffer): Generator<Listed> {
  let end = 0;
  for (;;) {
    const start = xml.indexOf("<Blob>", end);
    if (start < 0) return;
    end = xml.indexOf("</Blob>", start);
    yield readBlob(xml.subarray(start, end));
  }
}

function readBlob(blob: Buffer): Listed {
  const etag = textIn(blob, "Etag");
  return {
    name: textIn(blob, "Name"),
    etag: etag.startsWith('"') ? etag : `"${etag}"`,
    modifiedAt: new Date(textIn(blob, "Last-Modified")),
    metadata: Object.fromEntries(
      [...innerOf(blob, "Metadata").matchAll(/<([\w-]+)>([^<]*)</g)].map(([, name = "", value = ""]) => [
        name,
        unescaped(value),
      ]),
    ),
  };
}

const textIn = (xml: Buffer, element: string): string => unescaped(innerOf(xml, element));

/** Converts only these bytes: a substring of a longer string would keep all of it in memory. */
function innerOf(xml: Buffer, element: string): string {
  const start = xml.indexOf(`<${element}>`);
  if (start < 0) return "";
  return xml.toString("utf8", start + element.length + 2, xml.indexOf(`</${element}>`, start));
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

const unescaped = (text: string): string => text.replaceAll(/&(\w+);/g, (all, name) => ENTITIES[name] ?? all);
