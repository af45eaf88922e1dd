/** Sealing: published vectors, and the laws that hold for every content, key and context. */
import {
  constants,
  createHash,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  privateDecrypt,
  randomBytes,
} from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contextOf, deriveKey, KEY_BYTES, open, seal, wrapKey } from "../../../lib/domain/sealing/seal.ts";
import { holds } from "../holds.ts";
import { refusalOf } from "../refusals.ts";
import { gcmVectors, hkdfVectors, oaepVector } from "../vectors.ts";

const hex = (text: string) => Buffer.from(text, "hex");
const key = randomBytes(KEY_BYTES);
const context = contextOf("version", "1", "owner", "android");
const bytes = (constraints: fc.IntArrayConstraints = {}) => fc.uint8Array({ maxLength: 300, ...constraints });

const part = fc.oneof(
  fc.string({ unit: "binary", maxLength: 8 }),
  fc.constantFrom("", '"', ",", "[]", '","', "null", "1", "\\"),
  fc.integer(),
  fc.constant(null),
);
const parts = fc.array(part, { maxLength: 6 });

describe("R36 keys are derived by HKDF-SHA-256", () => {
  it.each(hkdfVectors)("R36 as in RFC 5869 $name", ({ ikm, salt, info, length, okm }) => {
    const derived = hkdfSync("sha256", hex(ikm), hex(salt), hex(info), length);
    expect(Buffer.from(derived).toString("hex")).toBe(okm);
  });

  it("R36 deriveKey is RFC 5869 case 3 cut to 32 bytes: no salt, and a shorter output is a prefix", () => {
    const [, , third] = hkdfVectors;
    const derived = deriveKey(hex(third?.info ?? ""), hex(third?.ikm ?? ""));
    expect(derived.toString("hex")).toBe(third?.okm.slice(0, 64));
  });

  it("R36 deriveKey is HKDF without salt over the keys in their order, for any keys and context", () => {
    holds(
      fc.property(
        bytes({ minLength: 32, maxLength: 32 }),
        bytes({ minLength: 32, maxLength: 32 }),
        bytes(),
        (a, b, info) => {
          const expected = hkdfSync("sha256", Buffer.concat([a, b]), new Uint8Array(), info, 32);
          expect(deriveKey(Buffer.from(info), a, b)).toEqual(Buffer.from(expected));
        },
      ),
    );
  });

  it("R39 every part of a context counts: two lists of parts never give the same bytes", () => {
    holds(
      fc.property(parts, parts, (a, b) => {
        const same = a.length === b.length && a.every((each, index) => Object.is(each, b[index]));
        expect({ a, b, same: contextOf(...a).equals(contextOf(...b)) }).toEqual({ a, b, same });
      }),
      2000,
    );
  });

  it("R39 parts can't move across a border: neither joined nor split, neither text for number nor null", () => {
    const contexts = [
      ["ab", "c"],
      ["a", "bc"],
      ["abc"],
      ["abc", ""],
      ['ab","c'],
      [1],
      ["1"],
      [null],
      ["null"],
      [],
      [""],
    ].map((each) => contextOf(...each).toString());
    expect(new Set(contexts).size).toBe(contexts.length);
  });
});

describe("R36 content is sealed with AES-256-GCM", () => {
  it.each(gcmVectors)("R36 open takes $name", (vector) => {
    const sealed = hex(vector.iv + vector.ciphertext + vector.tag);
    expect(open(hex(vector.key), hex(vector.aad), sealed).toString("hex")).toBe(vector.plaintext);
  });

  it("R36 what is sealed opens as it was, for any key, context and content", () => {
    holds(
      fc.property(bytes({ minLength: 32, maxLength: 32 }), bytes(), bytes(), (anyKey, info, content) => {
        const sealed = seal(anyKey, Buffer.from(info), content);
        expect(sealed.length).toBe(12 + content.length + 16);
        expect(open(anyKey, Buffer.from(info), sealed)).toEqual(Buffer.from(content));
      }),
    );
  });

  it("R36 no IV is used twice in 10,000 seals, and no key is derived twice for 10,000 contexts", () => {
    const content = Buffer.from("the same each time");
    const seals = Array.from({ length: 10_000 }, (_, index) => {
      const sealed = seal(key, context, content);
      return {
        iv: sealed.toString("hex", 0, 12),
        derived: deriveKey(contextOf("version", index), key).toString("hex"),
      };
    });
    expect(new Set(seals.map(({ iv }) => iv)).size).toBe(10_000);
    expect(new Set(seals.map(({ derived }) => derived)).size).toBe(10_000);
  });
});

describe("R39 any damage looks the same", () => {
  const alike = { kind: "backup-unreadable", message: "The backup can't be opened.", details: {} };
  const refused = (sealed: Uint8Array, withKey: Uint8Array = key, info = context) => {
    const { kind, message, details } = refusalOf(() => open(withKey, info, sealed));
    expect({ kind, message, details }).toEqual(alike);
  };
  const flipped = (data: Uint8Array, bit: number) => {
    const copy = Buffer.from(data);
    copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    return copy;
  };

  it("R39 refuses every single flipped bit of what is sealed, of the key and of the context", () => {
    const sealed = seal(key, context, Buffer.from("content"));
    for (let bit = 0; bit < sealed.length * 8; bit++) refused(flipped(sealed, bit));
    for (let bit = 0; bit < key.length * 8; bit++) refused(sealed, flipped(key, bit));
    for (let bit = 0; bit < context.length * 8; bit++) refused(sealed, key, flipped(context, bit));
  });

  it("R39 refuses every length but the right one: cut or extended at either end", () => {
    holds(
      fc.property(bytes(), bytes({ minLength: 1, maxLength: 40 }), fc.nat(), (content, more, seed) => {
        const sealed = seal(key, context, content);
        const cut = 1 + (seed % sealed.length);
        refused(sealed.subarray(0, -cut));
        refused(sealed.subarray(cut));
        refused(Buffer.concat([sealed, more]));
        refused(Buffer.concat([more, sealed]));
      }),
    );
  });

  it("R39 refuses a key of another length, random bytes and two sealed contents put together", () => {
    const [one, two] = [seal(key, context, Buffer.from("one")), seal(key, context, Buffer.from("two"))];
    refused(one, key.subarray(0, 16));
    refused(one, Buffer.alloc(0));
    refused(Buffer.concat([one.subarray(0, 15), two.subarray(15)]));
    holds(
      fc.property(bytes(), (random) => refused(random)),
      1000,
    );
  });
});

describe("R36 data keys are wrapped with RSA-OAEP-256", () => {
  const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };

  it("R36 a published ciphertext opens with SHA-256 for hash and mask: by node, and step by step after RFC 8017", () => {
    const privateKey = oaepVector.privateKey();
    const ciphertext = hex(oaepVector.ciphertext);
    expect(privateDecrypt({ key: privateKey, ...oaep }, ciphertext).toString("hex")).toBe(oaepVector.message);
    expect(decodedByHand(privateKey, ciphertext).toString("hex")).toBe(oaepVector.message);
  });

  it("R36 a wrapped key opens in the same two ways, and no two wrappings are alike", () => {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 3072 });
    const [one, two] = [wrapKey(publicKey, key), wrapKey(publicKey, key)];
    expect(one).not.toEqual(two);
    expect(privateDecrypt({ key: privateKey, ...oaep }, one)).toEqual(key);
    expect(decodedByHand(privateKey, two)).toEqual(key);
  });
});

/** EME-OAEP decoding, RFC 8017 §7.1.2 step 3, with SHA-256, MGF1 with SHA-256 and an empty label. */
function decodedByHand(privateKey: KeyObject, ciphertext: Buffer): Buffer {
  const encoded = privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, ciphertext);
  const [maskedSeed, maskedData] = [encoded.subarray(1, 33), encoded.subarray(33)];
  const seed = xor(maskedSeed, mgf1(maskedData, 32));
  const data = xor(maskedData, mgf1(seed, maskedData.length));
  const start = data.indexOf(1, 32);
  expect(encoded[0]).toBe(0);
  expect(data.subarray(0, 32)).toEqual(createHash("sha256").digest());
  expect(data.subarray(32, start)).toEqual(Buffer.alloc(start - 32));
  return data.subarray(start + 1);
}

const xor = (a: Buffer, b: Buffer) => Buffer.from(a.map((byte, index) => byte ^ (b[index] ?? 0)));

/** RFC 8017 §B.2.1. */
function mgf1(seed: Buffer, length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, index) => {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(index);
    return createHash("sha256").update(seed).update(counter).digest();
  });
  return Buffer.concat(blocks).subarray(0, length);
}
