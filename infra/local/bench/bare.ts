/** The bare calls that operations are measured against: one request to Azurite or the vault by its SDK, and nothing around it. */
import { constants, createPublicKey, publicEncrypt, randomBytes, randomUUID } from "node:crypto";
import { ManagedIdentityCredential } from "@azure/identity";
import { CryptographyClient, type KeyVaultKey } from "@azure/keyvault-keys";
import { BlobServiceClient } from "@azure/storage-blob";
import { type Sample, timed } from "./measure.ts";

type Settings = Record<string, string>;

export async function bareStorage({ BACKUPS_STORAGE = "" }: Settings, bytes: number) {
  const container = BlobServiceClient.fromConnectionString(BACKUPS_STORAGE).getContainerClient("bench");
  await container.createIfNotExists();
  const content = randomBytes(bytes);
  const put: Sample = () =>
    timed(() => container.getBlockBlobClient(randomUUID()).upload(content, content.length));
  await container.getBlockBlobClient("read").upload(content, content.length);
  const get: Sample = () => timed(async () => drain(await container.getBlobClient("read").download()));
  return { put, get };
}

async function drain({ readableStreamBody: stream }: { readableStreamBody?: NodeJS.ReadableStream }) {
  for await (const _ of stream ?? []);
}

export function bareVault(settings: Settings): Sample {
  const { KEY_IDS: kid = "", PINNED_PUBLIC_KEYS: pinned = "{}" } = settings;
  Object.assign(process.env, {
    IDENTITY_ENDPOINT: settings["IDENTITY_ENDPOINT"],
    IDENTITY_HEADER: settings["IDENTITY_HEADER"],
  });
  const { keys }: { keys: { kty: string; n: string; e: string }[] } = JSON.parse(pinned);
  const key = createPublicKey({ key: keys[0] ?? {}, format: "jwk" });
  const wrapped = publicEncrypt(
    { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" },
    randomBytes(32),
  );
  const client = new CryptographyClient(keyFor(kid), new ManagedIdentityCredential(), {
    allowInsecureConnection: true,
    disableChallengeResourceVerification: true,
  });
  return () => timed(() => client.unwrapKey("RSA-OAEP-256", wrapped));
}

const keyFor = (id: string): KeyVaultKey => ({
  id,
  name: "backup-kek",
  key: { kid: id, kty: "RSA" },
  keyType: "RSA",
  keyOperations: ["unwrapKey"],
  properties: { vaultUrl: new URL(id).origin, name: "backup-kek" },
});
