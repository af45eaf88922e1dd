/** Listing, metadata and deletion: pages in order, conditional changes, and deleted blobs are gone. */
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Listed, readListing } from "../../../lib/azure/stores/blob-listing.ts";
import type { Blobs } from "../../../lib/azure/stores/blobs.ts";
import { times } from "../contracts.ts";
import { type OwnContainer, ownContainer } from "../targets.ts";

let storage: OwnContainer;
beforeAll(async () => {
  storage = await ownContainer();
});
afterAll(() => storage.close());

const put = (name: string, metadata: Record<string, string> = {}) =>
  storage.blobs.write(name, { content: Buffer.from(name), metadata }, undefined);

async function listAll(blobs: Blobs, prefix: string, size: number): Promise<Listed[][]> {
  const pages: Listed[][] = [];
  let from: string | undefined;
  do {
    const page = await blobs.list(prefix, { size, from });
    pages.push([...page.blobs]);
    from = page.next;
  } while (from !== undefined);
  return pages;
}

describe("R29 a listing", () => {
  it("R29 tells all names under a prefix, in order, whatever the size of its pages, and no other", async () => {
    const prefix = `${crypto.randomUUID()}/`;
    const names = times(7, (at) => `${prefix}${at}`);
    await Promise.all([...names, prefix.replace("/", "0")].map((name) => put(name)));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 9 }), async (size) => {
        const pages = await listAll(storage.blobs, prefix, size);
        expect(pages.flat().map(({ name }) => name)).toEqual(names);
        for (const page of pages) expect(page.length).toBeLessThanOrEqual(size);
      }),
      { numRuns: 10 },
    );
  });

  it("R29 tells of each its metadata, its time and the ETag that a write can name", async () => {
    const name = `${crypto.randomUUID()}/one`;
    const etag = await put(name, { dueat: "2026-05-04T10:00:00.000Z" });
    const [[{ modifiedAt, ...blob } = expect.fail()] = expect.fail()] = await listAll(
      storage.blobs,
      name,
      10,
    );
    expect(blob).toEqual({ name, etag, metadata: { dueat: "2026-05-04T10:00:00.000Z" } });
    expect(Math.abs(modifiedAt.getTime() - Date.now())).toBeLessThan(60_000);
    expect(await storage.blobs.write(name, { content: Buffer.alloc(1) }, blob.etag)).toBeDefined();
  });

  it("R29 is parsed as the reference says: escaped texts, unquoted ETags, a blob without metadata", () => {
    const at = "Sun, 29 Nov 2026 10:00:00 GMT";
    const properties = (etag: string) =>
      `<Properties><Last-Modified>${at}</Last-Modified><Etag>${etag}</Etag></Properties>`;
    const xml = `<?xml version="1.0" encoding="utf-8"?><EnumerationResults ContainerName="c"><Prefix>o</Prefix><Blobs>
      <Blob><Name>o/å &amp;amp; &lt;b&gt;</Name>${properties("&quot;0x1&quot;")}<Metadata><kids>a &amp; b</kids><dueat /></Metadata></Blob>
      <Blob><Name>o/2</Name>${properties("0x2")}<Metadata /></Blob>
    </Blobs><NextMarker>2!64!x--</NextMarker></EnumerationResults>`;
    const modifiedAt = new Date(at);
    const { blobs, next } = readListing(Buffer.from(xml));
    expect({ blobs: [...blobs], next }).toEqual({
      blobs: [
        { name: "o/å &amp; <b>", etag: '"0x1"', modifiedAt, metadata: { kids: "a & b" } },
        { name: "o/2", etag: '"0x2"', modifiedAt, metadata: {} },
      ],
      next: "2!64!x--",
    });
    for (const length of [xml.indexOf("</Blob>"), xml.indexOf("<NextMarker>"), xml.length - 2])
      expect(() => readListing(Buffer.from(xml.slice(0, length)))).toThrow("cut short");
  });

  it("R29 is one empty page if there is nothing", async () => {
    expect(await listAll(storage.blobs, `${crypto.randomUUID()}/`, 10)).toEqual([[]]);
  });
});

describe("R7 R38 metadata alone", () => {
  it("R38 is replaced if the ETag is the present one; the content stays", async () => {
    const name = crypto.randomUUID();
    const etag = (await put(name, { kid: "one" })) ?? expect.fail();
    expect({ replaced: await storage.blobs.writeMetadata(name, { kid: "two" }, etag) }).toEqual({
      replaced: true,
    });
    const stored = await storage.blobs.read(name);
    expect(stored).toMatchObject({ content: Buffer.from(name), metadata: { kid: "two" } });
    expect(stored?.etag).not.toBe(etag);
    expect({ replaced: await storage.blobs.writeMetadata(name, { kid: "three" }, etag) }).toEqual({
      replaced: false,
    });
    expect(await storage.blobs.read(name)).toEqual(stored);
  });

  it("R7 of ten that replace it at once one does; if there is no blob, none", async () => {
    const name = crypto.randomUUID();
    const etag = (await put(name)) ?? expect.fail();
    const done = await Promise.all(
      times(10, (at) => storage.blobs.writeMetadata(name, { kid: String(at) }, etag)),
    );
    expect(done.filter(Boolean)).toHaveLength(1);
    expect((await storage.blobs.read(name))?.metadata).toEqual({ kid: String(done.indexOf(true)) });
    expect({ replaced: await storage.blobs.writeMetadata(crypto.randomUUID(), {}, etag) }).toEqual({
      replaced: false,
    });
  });
});

describe("R35 a deletion", () => {
  it("R32 R35 removes it, gives the same answer twice, and leaves all others", async () => {
    const [name, other] = [crypto.randomUUID(), crypto.randomUUID()];
    await Promise.all([put(name), put(other), storage.blobs.append(`${name}-log`, Buffer.from("x"), 0)]);
    for (let round = 0; round < 2; round++) {
      await storage.blobs.delete(name);
      await storage.blobs.delete(`${name}-log`);
      expect(await storage.blobs.read(name)).toBeUndefined();
      expect(await storage.blobs.readFrom(`${name}-log`, 0)).toHaveLength(0);
    }
    expect(await storage.blobs.read(other)).toBeDefined();
    expect(await put(name)).toBeDefined();
  });
});
