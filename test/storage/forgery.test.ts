/** What somebody with write access to the backups and the public key could make: nothing that opens. */
import { randomBytes } from "node:crypto";
import { expect, inject, it } from "vitest";
import type { Blobs, StoredBlob } from "../../lib/azure/blobs.ts";
import { contextOf, deriveKey, seal, wrapKey } from "../../lib/domain/envelope.ts";
import { anOwnerWithBackup, problemIn } from "../endpoints/helpers.ts";
import { anApp } from "../support/app.ts";
import { aPhone } from "../support/phones.ts";
import { recover } from "../support/step-up.ts";
import { placeOf } from "../support/sweeping.ts";

/** The keys that a forger could think of in the place of the owner's. */
const guesses = {
  "no key of the owner's": [],
  zeros: [Buffer.alloc(32)],
  "random bytes": [randomBytes(32)],
};

it.each(Object.entries(guesses))(
  "F11 R36 an envelope made with the public key and %s is refused",
  async (_, guess) => {
    const lies = new Map<string, StoredBlob>();
    const through = (blobs: Blobs): Blobs => ({
      ...blobs,
      read: async (name) => lies.get(name) ?? (await blobs.read(name)),
    });
    const { owner } = await anOwnerWithBackup();
    const app = anApp({ through });
    const place = placeOf(owner);
    const head = await app.services.heads.find(place);
    const [version] = head?.value.versions ?? [];
    if (!version) return expect.fail("no version");
    const { id, device, createdAt, contentType, keyId } = version;
    const content = Buffer.from(JSON.stringify({ accounts: [], settings: {} }));
    const parts = [
      place.owner,
      place.platform,
      id,
      device,
      createdAt.toISOString(),
      contentType,
      content.length,
    ];
    const context = contextOf("version", "1", ...parts);
    const dataKey = randomBytes(32);
    const { PINNED_PUBLIC_KEYS = "" } = inject("surroundings").settings;
    const [pinned] = JSON.parse(PINNED_PUBLIC_KEYS).keys;
    const { createPublicKey } = await import("node:crypto");
    const publicKey = createPublicKey({ key: { kty: "RSA", n: pinned.n, e: pinned.e }, format: "jwk" });
    lies.set(`versions/${place.owner}/${place.platform}/${id}`, {
      content: seal(deriveKey(context, dataKey, ...guess), context, content),
      metadata: { format: "1", kid: keyId, wrappedkey: wrapKey(publicKey, dataKey).toString("base64url") },
      etag: '"forged"',
    });
    const reply = await recover(await aPhone({ owner, app }));
    expect(problemIn(reply).type).toBe("/api/problems/backup-unreadable");
  },
);
