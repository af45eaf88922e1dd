/** The least that an operation could cost: bare requests to storage and vault, authorized beforehand. */
/** They follow from what the operation is, not from how this service does it. */
import { constants, createPublicKey, publicEncrypt, randomBytes, randomUUID } from "node:crypto";
import { BlobServiceClient, ContainerSASPermissions } from "@azure/storage-blob";
import { QueueSASPermissions, QueueServiceClient } from "@azure/storage-queue";
import * as z from "zod";
import { type Request, requestOf, type Unit } from "./load.ts";

type Settings = Record<string, string>;

const KIB = 1024;
const HEAD_BYTES = 8 * KIB;
const RECORD_BYTES = 2 * KIB;
const MESSAGE_BYTES = 700;
const HOUR_MS = 3_600_000;

const Token = z.object({ access_token: z.string() });
const Pinned = z.object({ keys: z.array(z.object({ kty: z.string(), n: z.string(), e: z.string() })) });

/** Each call makes a new unit, to be sent once. */
export type Raw = Record<
  "upload" | "staleness" | "plan" | "recovery" | "code check" | "PUT" | "GET",
  () => Unit
>;

export const LEAST = {
  upload: "GET 8 KiB, PUT document",
  staleness: "GET 8 KiB",
  plan: "GET 8 KiB, unwrap",
  recovery: "GET 8 KiB, unwrap, queue PUT, PUT document",
  "code check": "GET 2 KiB, PUT 2 KiB",
} as const;

export async function rawCalls(settings: Settings, documentBytes: number): Promise<Raw> {
  const { get, put } = await blobs(settings);
  const [message, unwrap] = [await queue(settings), await vault(settings)];
  const [head, record] = [await get(HEAD_BYTES), await get(RECORD_BYTES)];
  const [document, small] = [textOf(documentBytes), textOf(RECORD_BYTES)];
  const unit = (name: string, requests: () => Request[]) => () => ({
    name: `least ${name}`,
    chain: requests(),
  });
  return {
    upload: unit("upload", () => [head, put(document)]),
    staleness: unit("staleness", () => [head]),
    plan: unit("plan", () => [head, unwrap]),
    recovery: unit("recovery", () => [head, unwrap, message, put(document)]),
    "code check": unit("code check", () => [record, put(small)]),
    PUT: unit("PUT", () => [put(document)]),
    GET: unit("GET", () => [head]),
  };
}

const textOf = (bytes: number) => randomBytes(bytes).toString("base64").slice(0, bytes);
const inAnHour = () => new Date(Date.now() + HOUR_MS);

async function blobs({ BACKUPS_STORAGE = "" }: Settings) {
  const container = BlobServiceClient.fromConnectionString(BACKUPS_STORAGE).getContainerClient("bench");
  await container.createIfNotExists();
  const permissions = ContainerSASPermissions.parse("rcw");
  const { search } = new URL(await container.generateSasUrl({ permissions, expiresOn: inAnHour() }));
  const urlOf = (name: string) => `${container.url}/${name}${search}`;
  return {
    async get(bytes: number): Promise<Request> {
      const name = `read-${bytes}`;
      await container.getBlockBlobClient(name).upload(textOf(bytes), bytes);
      return requestOf({ url: urlOf(name), method: "GET", headers: {} });
    },
    put: (body: string): Request =>
      requestOf({
        url: urlOf(randomUUID()),
        method: "PUT",
        headers: { "x-ms-blob-type": "BlockBlob" },
        body,
      }),
  };
}

async function queue({ QUEUE_STORAGE = "" }: Settings): Promise<Request> {
  const client = QueueServiceClient.fromConnectionString(QUEUE_STORAGE).getQueueClient("bench");
  await client.createIfNotExists();
  const permissions = QueueSASPermissions.parse("a");
  const sas = new URL(client.generateSasUrl({ permissions, expiresOn: inAnHour() }));
  sas.pathname += "/messages";
  const text = textOf(MESSAGE_BYTES);
  const body = `<QueueMessage><MessageText>${text}</MessageText></QueueMessage>`;
  return requestOf({ url: sas.href, method: "POST", headers: { "content-type": "application/xml" }, body });
}

async function vault(settings: Settings): Promise<Request> {
  const { KEY_IDS: kid = "", PINNED_PUBLIC_KEYS: pinned = "{}" } = settings;
  const [key] = Pinned.parse(JSON.parse(pinned)).keys;
  const wrapped = publicEncrypt(
    {
      key: createPublicKey({ key: key ?? {}, format: "jwk" }),
      padding: constants.RSA_PKCS1_OAEP_PADDING,
      oaepHash: "sha256",
    },
    randomBytes(32),
  );
  const headers = {
    authorization: `Bearer ${await vaultToken(settings)}`,
    "content-type": "application/json",
  };
  const body = JSON.stringify({ alg: "RSA-OAEP-256", value: wrapped.toString("base64url") });
  return requestOf({ url: `${kid}/unwrapkey?api-version=2025-07-01`, method: "POST", headers, body });
}

async function vaultToken({ IDENTITY_ENDPOINT = "", IDENTITY_HEADER = "" }: Settings): Promise<string> {
  const query = new URLSearchParams({ resource: "https://vault.azure.net", "api-version": "2019-08-01" });
  const headers = { "x-identity-header": IDENTITY_HEADER };
  const response = await fetch(`${IDENTITY_ENDPOINT}?${query}`, { headers });
  return Token.parse(await response.json()).access_token;
}
