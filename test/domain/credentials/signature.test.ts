/** Push credentials: signatures of the devices' own keys, and nothing else. */
import { sign } from "node:crypto";

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type CredentialRequest,
  checkSignature,
  isPoint,
  PushKey,
  withCredential,
  withoutHolder,
} from "../../../lib/domain/credentials/credential.ts";
import { aPushKey } from "../../support/push-key.ts";
import { aDeviceId, anOwnerId, now, sha256Bytes } from "../builders.ts";
import { holds } from "../holds.ts";

const owner = anOwnerId();
const [oldPhone, newPhone] = [aDeviceId("old phone"), aDeviceId("new phone")];

const [oldKey, newKey, noKey] = [aPushKey(), aPushKey(), aPushKey()];
const challenge = Buffer.from("a challenge that is never asked again");
const issue = { owner, claim: "step-up" as const };
const one = withCredential(undefined, { ...issue, device: oldPhone, wanted: oldKey.credential }, now);
const two = withCredential(one, { ...issue, device: newPhone, wanted: newKey.credential }, now);
const flipped = (bytes: Uint8Array, bit: number) =>
  Buffer.from(bytes.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte)));

describe("R14 whose signature it is", () => {
  it("R14 each device signs for itself, and the answer names it", () => {
    expect(checkSignature(two, challenge, oldKey.signed(challenge))).toEqual({ device: oldPhone });
    expect(checkSignature(two, challenge, newKey.signed(challenge))).toEqual({ device: newPhone });
    expect(checkSignature(two, challenge, noKey.signed(challenge))).toBeUndefined();
    expect(checkSignature(one, challenge, newKey.signed(challenge))).toBeUndefined();
  });

  it("R14 a signature over one challenge fails for another", () => {
    holds(
      fc.property(fc.uint8Array({ maxLength: 1050 }), fc.uint8Array({ maxLength: 1050 }), (asked, other) => {
        const signature = oldKey.signed(asked);
        expect(checkSignature(two, asked, signature)).toEqual({ device: oldPhone });
        const isSame = Buffer.from(asked).equals(other);
        expect(checkSignature(two, other, signature)).toEqual(isSame ? { device: oldPhone } : undefined);
      }),
      50,
    );
  });

  it("R14 any flipped bit of challenge or signature is noticed", () => {
    const signature = oldKey.signed(challenge);
    for (let bit = 0; bit < signature.length * 8; bit++) {
      expect(checkSignature(one, challenge, flipped(signature, bit))).toBeUndefined();
    }
    for (let bit = 0; bit < challenge.length * 8; bit++) {
      expect(checkSignature(one, flipped(challenge, bit), signature)).toBeUndefined();
    }
  });

  it("F20 R14 bytes of any length that are no signature are refused without a fault", () => {
    const right = oldKey.signed(challenge);
    const der = sign("sha256", challenge, oldKey.privateKey);
    const order = Buffer.from("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", "hex");
    const odd = [
      Buffer.alloc(0),
      Buffer.alloc(64),
      Buffer.alloc(64, 0xff),
      Buffer.concat([order, order]),
      Buffer.concat([right.subarray(0, 32), Buffer.alloc(32)]),
      Buffer.concat([Buffer.alloc(32), right.subarray(32)]),
      Buffer.concat([right, Buffer.alloc(1)]),
      right.subarray(1),
      right.subarray(0, 63),
      Buffer.concat([right.subarray(32), right.subarray(0, 32)]),
      der,
    ];
    for (const each of odd) expect(checkSignature(two, challenge, each)).toBeUndefined();
    holds(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 64 }), (any, asked) => {
        expect(checkSignature(two, asked, any)).toBeUndefined();
      }),
      1000,
    );
  });
});

describe("R14 R25 keys come and end", () => {
  it("R25 a new key ends the one before it; an ended device signs for nobody", () => {
    const anew = withCredential(two, { ...issue, device: oldPhone, wanted: noKey.credential }, now);
    expect(checkSignature(anew, challenge, oldKey.signed(challenge))).toBeUndefined();
    expect(checkSignature(anew, challenge, noKey.signed(challenge))).toEqual({ device: oldPhone });
    const left = withoutHolder(two, { owner, device: oldPhone }, now) ?? expect.fail("nothing was ended");
    expect(checkSignature(left, challenge, oldKey.signed(challenge))).toBeUndefined();
    expect(checkSignature(left, challenge, newKey.signed(challenge))).toEqual({ device: newPhone });
  });

  it("R14 a device may have both a key and a code: making one leaves the other", () => {
    const code: CredentialRequest = { type: "code", secret: sha256Bytes("code").subarray(0, 20) };
    const both = withCredential(two, { ...issue, device: oldPhone, wanted: code }, now);
    expect(checkSignature(both, challenge, oldKey.signed(challenge))).toEqual({ device: oldPhone });
    const onlyCode = withCredential(undefined, { ...issue, device: oldPhone, wanted: code }, now);
    expect(checkSignature(onlyCode, challenge, oldKey.signed(challenge))).toBeUndefined();
  });

  it("R25 only the public half of a key is stored", () => {
    const { d } = oldKey.privateKey.export({ format: "jwk" });
    expect(JSON.stringify(one)).not.toContain(d);
    expect({ isTaken: PushKey.safeParse({ ...oldKey.credential.publicKey, d }).success }).toEqual({
      isTaken: false,
    });
  });

  it("F20 R14 only points on the curve are keys", () => {
    expect([oldKey, newKey, noKey].filter(({ credential }) => !isPoint(credential.publicKey))).toEqual([]);
    const { x, y } = oldKey.credential.publicKey;
    const coordinate = (byte: number) => Buffer.alloc(32, byte).toString("base64url");
    const odd = [
      { x: y, y: x },
      { x, y: newKey.credential.publicKey.y },
      { x: coordinate(0), y: coordinate(0) },
      { x: coordinate(0xff), y: coordinate(0xff) },
      { x, y: coordinate(0xff) },
      { x: "", y: "" },
    ];
    expect(odd.filter((each) => isPoint({ kty: "EC", crv: "P-256", ...each }))).toEqual([]);
    holds(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (any) => {
        const publicKey = { ...oldKey.credential.publicKey, y: Buffer.from(any).toString("base64url") };
        expect({ publicKey, isPoint: isPoint(publicKey) }).toEqual({ publicKey, isPoint: false });
      }),
    );
  });
});
