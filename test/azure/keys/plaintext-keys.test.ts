/** A key that opens anything appears on the wire only in the vault's answer to an unwrap. */
/** Checks all traffic to vault, storage and queue, and the answers to the phones. */
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import * as z from "zod";
import { anOwnerWithBackup } from "../../functions/helpers.ts";
import { anApp } from "../../support/app.ts";
import { type OwnVault, ownVault } from "../../support/own-vault.ts";
import { aPhone } from "../../support/phones.ts";
import { anAppToWatch, aRecovery, proven, recover } from "../../support/step-up.ts";
import { sweep } from "../../support/sweeping.ts";

type Exchange = { path: string; sent: Buffer; answered: Buffer };

const closers: (() => void)[] = [];
afterAll(() => {
  for (const close of closers) close();
});

/** Passes everything on and records it: headers and bodies, both ways. */
async function startListener(target: URL) {
  const exchanges: Exchange[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const { url: path = "", method, headers } = incoming;
    const body = Buffer.concat(await incoming.toArray());
    const { hostname, port } = target;
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request({ hostname, port, path, method, headers }, resolve).on("error", reject).end(body);
    });
    const content = Buffer.concat(await answer.toArray());
    const sent = Buffer.concat([Buffer.from(`${path} ${JSON.stringify(headers)}`), body]);
    const answered = Buffer.concat([Buffer.from(JSON.stringify(answer.headers)), content]);
    exchanges.push({ path, sent, answered });
    const { "transfer-encoding": _, ...told } = answer.headers;
    outgoing.writeHead(answer.statusCode ?? 500, told).end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { exchanges, host: `127.0.0.1:${port}` };
}

let vault: OwnVault;
beforeAll(async () => {
  vault = await ownVault();
});
afterAll(() => vault.close());

/** Settings that route vault, blobs and queue through listeners. */
async function listened() {
  const { settings } = inject("surroundings");
  const addressOf = (kind: string) =>
    new URL(new RegExp(`${kind}Endpoint=([^;]+)`).exec(settings["BACKUPS_STORAGE"] ?? "")?.[1] ?? "");
  const targets = [addressOf("Blob"), addressOf("Queue"), new URL(vault.url)];
  const listeners = await Promise.all(targets.map(startListener));
  const through = (value: string) =>
    targets.reduce((text, { host }, at) => text.replaceAll(host, listeners[at]?.host ?? host), value);
  const { BACKUPS_STORAGE = "", KEYS_STORAGE = "", QUEUE_STORAGE = "" } = settings;
  const all = { BACKUPS_STORAGE, KEYS_STORAGE, QUEUE_STORAGE, ...vault.settings };
  const { IDENTITY_ENDPOINT = "" } = vault.settings;
  const changed = Object.fromEntries(Object.entries(all).map(([name, value]) => [name, through(value)]));
  return {
    settings: { ...changed, IDENTITY_ENDPOINT },
    exchanges: () => listeners.flatMap(({ exchanges }) => exchanges),
  };
}

const Unwrapped = z.object({ value: z.string() });
const isUnwrap = ({ path }: Exchange) => path.includes("/unwrapkey");

const spellingsOf = (key: Buffer) =>
  [key, ...(["hex", "base64", "base64url"] as const).map((each) => Buffer.from(key.toString(each)))].map(
    (each) => each.subarray(0, 42),
  );
const holds = (content: Buffer, key: Buffer) => spellingsOf(key).some((each) => content.includes(each));

it("R36 F12 data keys and shard keys leave the vault in the answer to an unwrap, and appear nowhere else on the wire", async () => {
  const { settings, exchanges } = await listened();
  const replies: string[] = [];
  const through = vault.through;
  const watched = anAppToWatch({ settings, through });
  const scene = await aRecovery({ watched });
  replies.push(await proven(scene), JSON.stringify((await scene.old.call("GET", "v1/me/export")).body));
  const app = anApp({ settings, through });
  const { owner, phone } = await anOwnerWithBackup({ app });
  for (const by of [phone, await aPhone({ owner, app })]) replies.push(JSON.stringify(await recover(by)));
  await vault.admin.call("POST", "/keys/backup-kek/rotate");
  expect((await sweep({ ...watched, app }, "rewrap", owner)).handled).toBe(1);
  replies.push(JSON.stringify((await recover(phone)).body));

  const unwraps = exchanges().filter(isUnwrap);
  const answered = unwraps.flatMap(({ answered }) => {
    const json = /\{"kid".*\}$/.exec(answered.toString());
    return json ? [Buffer.from(Unwrapped.parse(JSON.parse(json[0])).value, "base64url")] : [];
  });
  const keys = [...new Map(answered.map((key) => [key.toString("hex"), key])).values()];
  expect(keys.length).toBeGreaterThanOrEqual(4);
  const elsewhere = [
    ...exchanges().map(({ sent }) => sent),
    ...exchanges().flatMap((each) => (isUnwrap(each) ? [] : [each.answered])),
    ...replies.map((text) => Buffer.from(text)),
  ];
  expect(elsewhere.length).toBeGreaterThan(50);
  for (const key of keys) {
    expect(key).toHaveLength(32);
    expect({ isUnwrapped: unwraps.some(({ answered }) => holds(answered, key)) }).toEqual({
      isUnwrapped: true,
    });
    expect(elsewhere.filter((content) => holds(content, key))).toEqual([]);
  }
  const { wrapKey = 0 } = await vault.takeCalls();
  expect(wrapKey).toBe(0);
});
