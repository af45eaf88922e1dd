/** The format of an owner's blob: packed content comes out again; changed, cut or mixed blobs are refused. */
import { randomBytes } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Metadata } from "../../../lib/azure/stores/blobs.ts";
import {
  type OwnerSegments,
  packOwner,
  reachesRecord,
  unpackOwner,
} from "../../../lib/azure/stores/owner-blob.ts";
import { sha256 } from "../../../lib/domain/hash.ts";
import { newState, withHead } from "../../../lib/domain/owner/owner-state.ts";
import type { OwnerId } from "../../../lib/domain/owner.ts";
import { KEY_BYTES } from "../../../lib/domain/sealing/seal.ts";
import { aHead, anOwnerId, now } from "../../domain/builders.ts";
import { damagesOf, metadataDamagesOf, refused, told } from "../damages.ts";

type Parts = { record?: Buffer | undefined; others?: Buffer[]; bodies?: Buffer[]; generation?: number };
type Blob = { content: Buffer; metadata: Metadata; size: number };

const [key, owner] = [randomBytes(KEY_BYTES), anOwnerId()];

const segmentsOf = ({ record, others = [], bodies = [], generation = 1 }: Parts): OwnerSegments => ({
  content: {
    state: withHead(newState(), "android", aHead({ generation })),
    ...(record && { record: { digest: sha256(record), dueAt: now } }),
    others: others.map(sha256),
    bodies: bodies.map((_, at) => `body ${at}`),
  },
  record,
  others,
  bodies,
});
const blobOf = (content: Buffer, metadata: Metadata): Blob => ({ content, metadata, size: content.length });
const pack = (parts: Parts, metadata: Metadata = {}) =>
  blobOf(packOwner(key, owner, metadata, segmentsOf(parts)), metadata);
const open = (blob: Blob, by: Buffer = key, whose: OwnerId = owner) =>
  told(async () => unpackOwner(by, whose, blob));

const bytes = fc.uint8Array({ maxLength: 60 }).map((each) => Buffer.from(each));
const some = fc.array(bytes, { maxLength: 5 });
const parts = fc.record({
  record: fc.option(bytes, { nil: undefined }),
  others: some,
  bodies: some,
  generation: fc.integer({ min: 1, max: 10_000 }),
});
const metadata = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.stringMatching(/^[ -~]{0,30}$/), {
  maxKeys: 3,
  noNullPrototype: true,
});

/** The length of everything before the bodies. */
const startOf = ({ content }: Blob, bodies: Buffer[]) =>
  content.length - bodies.reduce((sum, { length }) => sum + length, 0);

/** Preamble, state, and the segments after them. */
function segmentsIn({ content }: Blob): { preamble: Buffer; segments: Buffer[] } {
  const count = content.readUInt32BE(4);
  const preamble = content.subarray(0, 8 + count * 4);
  let at = preamble.length;
  const segments = Array.from({ length: count }, (_, index) => {
    const length = preamble.readUInt32BE(8 + index * 4);
    at += length;
    return content.subarray(at - length, at);
  });
  return { preamble, segments };
}

describe("R39 an owner's blob", () => {
  it("R8 what was packed comes out: state, record, bodies, and unknown segments", async () => {
    await fc.assert(
      fc.property(parts, metadata, (each, beside) => {
        expect(unpackOwner(key, owner, pack(each, beside))).toEqual(segmentsOf(each));
      }),
    );
  });

  it("R8 unpacked and packed again it is the same, whatever else is in its state", async () => {
    const later = { invented: "later" };
    await fc.assert(
      fc.property(parts, (each) => {
        const segments = segmentsOf(each);
        const newer = { ...segments.content, ...later, state: { ...segments.content.state, ...later } };
        const packed = packOwner(key, owner, {}, { ...segments, content: newer });
        const opened = unpackOwner(key, owner, blobOf(packed, {}));
        expect(opened).toEqual({ ...segments, content: newer });
        const again = packOwner(key, owner, {}, opened);
        expect(unpackOwner(key, owner, blobOf(again, {}))).toEqual(opened);
      }),
    );
  });

  it("R26 its start, read up to any byte after the record, says the same except for the bodies", async () => {
    await fc.assert(
      fc.property(parts, fc.nat(), (each, more) => {
        const whole = pack(each);
        const start = startOf(whole, each.bodies);
        const read = Math.min(start + more, whole.content.length);
        const opened = unpackOwner(key, owner, { ...whole, content: whole.content.subarray(0, read) });
        const bodies = read === whole.content.length ? each.bodies : undefined;
        expect(opened).toEqual({ ...segmentsOf(each), bodies });
      }),
    );
  });

  it("R39 a start with less than state and record is refused, and recognized before", async () => {
    const others = [Buffer.from("other")];
    const whole = pack({ record: Buffer.from("record"), others, bodies: [key] });
    const start = startOf(whole, [...others, key]);
    for (let read = 0; read <= whole.content.length; read++) {
      const content = whole.content.subarray(0, read);
      expect({ read, reaches: reachesRecord(content) }).toEqual({ read, reaches: read >= start });
      if (read < start) expect(await open({ ...whole, content })).toBe(refused);
    }
  });

  it("R36 the same content is never sealed alike twice", () => {
    expect({ isAlike: pack({}).content.equals(pack({}).content) }).toEqual({ isAlike: false });
  });
});

describe("F8 R39 what is changed", () => {
  const each = {
    record: Buffer.from("record"),
    others: [Buffer.from("other")],
    bodies: [Buffer.from("one")],
  };
  const beside = { dueat: now.toISOString(), kids: "key-1 key-2" };

  it("F8 R39 every flipped byte before the bodies, and every cut: refused", async () => {
    const { content } = pack(each, beside);
    const start = startOf(blobOf(content, beside), each.bodies);
    expect(await open(blobOf(content, beside))).toBe("opened");
    for (const damaged of damagesOf(content)) {
      const isInBody =
        damaged.length === content.length && damaged.subarray(0, start).equals(content.subarray(0, start));
      if (!isInBody) expect(await open(blobOf(damaged, beside))).toBe(refused);
    }
  });

  it("F8 R39 a flipped byte of a body changes only that body, which its own seal notices", () => {
    const bodies = ["one", "two"].map((name) => Buffer.from(name));
    const blob = pack({ ...each, bodies });
    for (let at = startOf(blob, bodies); at < blob.size; at++) {
      const content = Buffer.from(blob.content);
      content[at] = (content[at] ?? 0) ^ 1;
      const { bodies: opened = [], ...rest } = unpackOwner(key, owner, { ...blob, content });
      expect({ ...rest, bodies }).toEqual(segmentsOf({ ...each, bodies }));
      expect(opened.filter((body, index) => !bodies[index]?.equals(body))).toHaveLength(1);
    }
  });

  it("F8 R39 extended by anything, or longer than the storage says: refused", async () => {
    const blob = pack(each, beside);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 50 }), async (more) => {
        const content = Buffer.concat([blob.content, more]);
        expect(await open(blobOf(content, beside))).toBe(refused);
        expect(await open({ ...blob, content })).toBe("opened");
        expect(await open({ ...blob, size: content.length })).toBe(refused);
        expect(await open({ ...blob, size: blob.size - more.length })).toBe(refused);
      }),
      { numRuns: 30 },
    );
  });

  it("F8 R39 metadata changed, missing or more: refused; in another order it is the same", async () => {
    const { content } = pack(each, beside);
    for (const damaged of metadataDamagesOf(beside))
      expect(await open(blobOf(content, damaged)), JSON.stringify(damaged)).toBe(refused);
    const { dueat, kids } = beside;
    expect(await open(blobOf(content, { kids, dueat }))).toBe("opened");
  });

  it("R39 bytes that were never packed: refused", async () => {
    const numbers = fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(numbers, fc.uint8Array({ maxLength: 200 }), async (words, rest) => {
        const written = Buffer.alloc(words.length * 4);
        for (const [index, word] of words.entries()) written.writeUInt32BE(word, index * 4);
        expect(await open(blobOf(Buffer.from(rest), {}))).toBe(refused);
        expect(await open(blobOf(Buffer.concat([Buffer.from("OWN1"), written, rest]), {}))).toBe(refused);
      }),
    );
  });

  it("R39 sealed correctly, but no owner's state: refused", async () => {
    const segments = segmentsOf({ generation: -1 });
    expect(await open(blobOf(packOwner(key, owner, {}, segments), {}))).toBe(refused);
  });
});

describe("F9 R39 what doesn't belong together", () => {
  it("F9 R39 another's key, or in another's place: refused", async () => {
    const blob = pack({ record: Buffer.from("record") });
    expect(await open(blob, randomBytes(KEY_BYTES))).toBe(refused);
    expect(await open(blob, key, anOwnerId("berit"))).toBe(refused);
  });

  it("F9 F10 R39 segments of two times, or of two owners, in whatever mix: refused", async () => {
    const times = [1, 2].map((generation) =>
      pack({ record: randomBytes(10), others: [randomBytes(5), randomBytes(5)], generation }),
    );
    const theirs = blobOf(
      packOwner(
        randomBytes(KEY_BYTES),
        anOwnerId("berit"),
        {},
        segmentsOf({ record: randomBytes(10), others: [randomBytes(5), randomBytes(5)] }),
      ),
      {},
    );
    const sources = [...times, theirs].map(segmentsIn);
    const [{ segments } = expect.fail()] = sources;
    const mixes = fc.array(fc.nat({ max: 2 }), { minLength: segments.length, maxLength: segments.length });
    await fc.assert(
      fc.asyncProperty(mixes, fc.nat({ max: 2 }), async (chosen, from) => {
        const mixed = chosen.flatMap((source, index) => sources[source]?.segments[index] ?? []);
        const content = Buffer.concat([sources[from]?.preamble ?? expect.fail(), ...mixed]);
        const isWhole = chosen.every((source) => source === chosen[0]) && chosen[0] !== 2;
        const isTheirs =
          !isWhole || !sources[from]?.preamble.equals(sources[chosen[0] ?? 0]?.preamble ?? key);
        expect(await open(blobOf(content, {}))).toBe(isTheirs ? refused : "opened");
      }),
      { numRuns: 500 },
    );
  });

  it("F9 R39 segments of one blob in another order, left out or twice, with lengths that fit: refused", async () => {
    const { segments } = segmentsIn(
      pack({ record: Buffer.from("record"), others: ["one", "two"].map((each) => Buffer.from(each)) }),
    );
    const order = fc.array(fc.nat({ max: segments.length - 1 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(order, async (chosen) => {
        const mixed = chosen.flatMap((index) => segments[index] ?? []);
        const words = [mixed.length, ...mixed.map(({ length }) => length)];
        const preamble = Buffer.alloc(words.length * 4);
        for (const [index, word] of words.entries()) preamble.writeUInt32BE(word, index * 4);
        const content = Buffer.concat([Buffer.from("OWN1"), preamble, ...mixed]);
        const isSame = chosen.join() === segments.map((_, index) => index).join();
        expect(await open(blobOf(content, {}))).toBe(isSame ? "opened" : refused);
      }),
      { numRuns: 500 },
    );
  });
});
