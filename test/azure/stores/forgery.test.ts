/** Forgeries by somebody with write access to the backups and the public key: none opens. */
import { createPublicKey, randomBytes } from "node:crypto";
import { expect, inject, it } from "vitest";
import type { Blobs, StoredBlob } from "../../../lib/azure/stores/blobs.ts";
import { packOwner } from "../../../lib/azure/stores/owner-blob.ts";
import type { Version } from "../../../lib/domain/backup/head.ts";
import { headIn, withHead } from "../../../lib/domain/owner/owner-state.ts";
import type { BackupKey } from "../../../lib/domain/owner.ts";
import { contextOf, deriveKey, seal, wrapKey } from "../../../lib/domain/sealing/seal.ts";
import { anOwnerWithBackup, refused } from "../../functions/helpers.ts";
import { anApp } from "../../support/app.ts";
import { aPhone } from "../../support/phones.ts";
import { recover } from "../../support/step-up.ts";
import { placeOf } from "../../support/sweeping.ts";
import { holding, partsOf } from "../damages.ts";

/** Keys that a forger could try instead of the owner's. */
const guesses = {
  "no key of the owner's": Buffer.alloc(0),
  zeros: Buffer.alloc(32),
  "random bytes": randomBytes(32),
};

/**
 * An app that reads the forgery, and a forger who knows all but the owner's key: stored blobs, state, public
 * key.
 */
async function aScene() {
  const [lies, read] = [new Map<string, StoredBlob>(), new Map<string, StoredBlob>()];
  const through = (blobs: Blobs): Blobs => ({
    ...blobs,
    async read(name) {
      const blob = lies.get(name) ?? (await blobs.read(name));
      if (blob) read.set(name, blob);
      return blob;
    },
  });
  const { owner: subject } = await anOwnerWithBackup();
  const place = placeOf(subject);
  const name = `owners/${place.owner}`;
  const state = (await anApp({ through }).services.owners.find(place.owner))?.state;
  const head = headIn(state, place.platform)?.value;
  const [version] = head?.versions ?? [];
  const blob = read.get(name);
  if (!state || !head || !version || !blob) return expect.fail("no backup");
  const recovering = async (lie: StoredBlob) => {
    lies.set(name, lie);
    return await recover(await aPhone({ owner: subject, app: anApp({ through }) }));
  };
  return { place, state, head, version, blob, recovering };
}

/** A version of the forger's own content, as long as the true one. */
function forged(place: BackupKey, version: Version, guess: Buffer) {
  const content = Buffer.from(JSON.stringify({ accounts: [], settings: {} }).padEnd(version.sizeBytes));
  const { id, device, createdAt, contentType, sizeBytes } = version;
  const at = [place.owner, place.platform, id, device, createdAt.toISOString()];
  const context = contextOf("version", 1, ...at, contentType, sizeBytes);
  const dataKey = randomBytes(32);
  const { PINNED_PUBLIC_KEYS = "" } = inject("surroundings").settings;
  const [pinned] = JSON.parse(PINNED_PUBLIC_KEYS).keys;
  const publicKey = createPublicKey({ key: { kty: "RSA", n: pinned.n, e: pinned.e }, format: "jwk" });
  const wrappedKey = wrapKey(publicKey, dataKey).toString("base64url");
  const sealed = seal(deriveKey(context, dataKey, guess), context, content);
  return { version: { ...version, wrappedKey }, sealed };
}

const BODY = 3;

it.each(Object.entries(guesses))(
  "F11 R36 an owner, or a body, made with the public key and %s is refused",
  async (_, guess) => {
    const { place, state, head, version, blob, recovering } = await aScene();
    expect((await recovering(blob)).status).toBe(200);
    const { version: named, sealed } = forged(place, version, guess);
    const content = {
      state: withHead(state, place.platform, { ...head, versions: [named] }),
      others: [],
      bodies: [named.id],
    };
    const segments = { content, record: undefined, others: [], bodies: [sealed] };
    const { metadata } = blob;
    refused(
      await recovering(holding(blob, packOwner(guess, place.owner, metadata, segments))),
      "backup-unreadable",
    );
    const parts = partsOf(blob);
    expect(parts[BODY]?.length).toBe(sealed.length);
    refused(await recovering(holding(blob, Buffer.concat(parts.with(BODY, sealed)))), "backup-unreadable");
  },
);
