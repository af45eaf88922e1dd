/** Kills of the functions process during uploads: everything acknowledged is there, to the byte. */
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import * as z from "zod";
import { type HostProcess, startHost } from "../../infra/local/host-process.ts";
import { Phone } from "../../infra/local/phone.ts";
import { type BackupDocument, encodeDocument } from "../../lib/domain/backup/document.ts";
import { sha256 } from "../../lib/domain/hash.ts";
import { headIn } from "../../lib/domain/owner/owner-state.ts";
import { type BackupKey, ownerIdOf } from "../../lib/domain/owner.ts";
import { VersionStatus } from "../../lib/http/replies/backup-status.ts";
import { etagOf, receiptIn } from "../functions/helpers.ts";
import { anApp } from "../support/app.ts";
import { aBackup } from "../support/builders.ts";
import { anOwner, aPhone } from "../support/phones.ts";
import { recover, recoveredIn } from "../support/step-up.ts";

const KILLS = 60;
const PHONES = 4;
const HISTORY_LENGTH = 10;
const BACKUP = "v1/backups/android";

let host: HostProcess;
beforeAll(async () => {
  const { settings } = inject("surroundings");
  host = await startHost({ appFolder: ".", port: await aFreePort(), settings, log: () => undefined });
});
afterAll(() => host.close());

/** The same port after each start, so that phones find it again. */
async function aFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : expect.fail("no port");
}

let killed = 0;

/** Kills only the host itself, never a dead one: process id 0 would be the tests' own group. */
async function kill(): Promise<void> {
  while (host.pid() === killed) await setTimeout(5);
  killed = host.pid() ?? expect.fail("the host has no process");
  process.kill(killed, "SIGKILL");
}

/**
 * `documents`: all that were sent, by digest. `seen`: the newest state in an answer; `former`: ETags before
 * it.
 */
type Uploader = {
  owner: string;
  phone: Phone;
  acknowledged: Map<number, string>;
  documents: Map<string, BackupDocument>;
  seen: { generation: number; etag: string; former: Set<string> };
};

async function anUploader(): Promise<Uploader> {
  const { api, issuer } = inject("surroundings");
  const [owner, phone] = [anOwner(), new Phone({ api, issuer, platform: "android" })];
  phone.instance = `${host.url}/api`;
  await phone.signIn(owner);
  const seen = { generation: 0, etag: "", former: new Set<string>() };
  return { owner, phone, acknowledged: new Map(), documents: new Map(), seen };
}

/** R7: neither generation nor ETag goes back to a replaced one. */
function expectOnwards({ seen }: Uploader, generation: number, etag: string): void {
  expect(generation).toBeGreaterThanOrEqual(seen.generation);
  expect(seen.former).not.toContain(etag);
  if (etag === seen.etag) return;
  seen.former.add(seen.etag);
  Object.assign(seen, { generation, etag });
}

const Status = z.looseObject({ generation: z.int() });
const History = z.object({ versions: z.array(VersionStatus) });

/** An unanswered upload may or may not be stored; an answered one is checked at once. */
async function upload(uploader: Uploader): Promise<void> {
  const { phone, acknowledged, documents } = uploader;
  const status = await phone.call("GET", BACKUP);
  const etag = status.headers.get("etag");
  if (etag) expectOnwards(uploader, Status.parse(status.body).generation, etag);
  const document = aBackup();
  const digest = sha256(encodeDocument(document));
  documents.set(digest, document);
  const headers: Record<string, string> = etag ? { "if-match": etag } : { "if-none-match": "*" };
  const reply = await phone.call("PUT", BACKUP, { body: document, headers });
  if (![200, 201].includes(reply.status)) return;
  const { version } = receiptIn(reply);
  expect(version.digest).toBe(digest);
  expectOnwards(uploader, version.generation, etagOf(reply));
  acknowledged.set(version.generation, digest);
}

/**
 * Retries until the host is there: a refused connection is a TypeError, a cut-off answer may be a
 * SyntaxError.
 */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
      await setTimeout(20);
    }
  }
}

async function uploading(uploader: Uploader, until: () => boolean): Promise<void> {
  while (!until()) await patiently(() => upload(uploader));
}

/**
 * Generations without a gap: each acknowledged one with its digest, each other one a document that was being
 * sent.
 */
async function expectWholeHistory(uploader: Uploader): Promise<void> {
  const { phone, acknowledged, documents } = uploader;
  const known = Math.max(0, ...acknowledged.keys());
  const { versions } = History.parse((await phone.call("GET", `${BACKUP}/versions`)).body);
  const newest = versions[0]?.generation ?? 0;
  expect(newest).toBeGreaterThanOrEqual(known);
  const length = Math.min(newest, HISTORY_LENGTH);
  expect(versions.map(({ generation }) => generation)).toEqual(
    Array.from({ length }, (_, back) => newest - back),
  );
  for (const { generation, digest } of versions) {
    expect([...documents.keys()]).toContain(digest);
    expect(acknowledged.get(generation) ?? digest).toBe(digest);
  }
}

/** Each listed version opens to exactly the document that was sent: the head's word isn't enough. */
async function expectContents({ owner, documents }: Uploader): Promise<void> {
  const { owners, versions } = anApp().services;
  const { issuer } = inject("surroundings");
  const place: BackupKey = { owner: ownerIdOf({ issuer, subject: owner }), platform: "android" };
  const held = (await owners.find(place.owner)) ?? expect.fail("nothing is stored");
  const listed = headIn(held.state, place.platform)?.value.versions ?? expect.fail("nothing is listed");
  const opened = listed.map(async (version) => {
    const sent = documents.get(version.digest) ?? expect.fail("never sent");
    const content = await versions.open(place, version, held.body(version.id));
    const { generation } = version;
    expect({ generation, isTheSame: content.equals(encodeDocument(sent)) }).toEqual({
      generation,
      isTheSame: true,
    });
  });
  await Promise.all(opened);
}

async function expectLastRecovered({ owner, phone, documents }: Uploader): Promise<void> {
  const { versions } = History.parse((await phone.call("GET", `${BACKUP}/versions`)).body);
  const { accounts } = recoveredIn(await recover(await aPhone({ owner })));
  const last = documents.get(versions[0]?.digest ?? "");
  expect(JSON.stringify(accounts.map(({ account }) => account))).toBe(JSON.stringify(last?.accounts));
}

it("R7 R8 F26 sixty kills under load: no acknowledged upload is lost, no generation goes back or is skipped", async () => {
  const uploaders = await Promise.all(Array.from({ length: PHONES }, anUploader));
  const done = () => uploaders.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0);
  let over = false;
  const running = uploaders.map((uploader) => uploading(uploader, () => over));
  const failed = Promise.all(running);
  failed.catch(() => undefined);
  for (let round = 0; round < KILLS; round++) {
    const before = done();
    while (done() <= before + 2) await Promise.race([setTimeout(5), failed]);
    await setTimeout(Math.random() * 30);
    await kill();
    if (round % 10 !== 9) continue;
    await patiently(() => Promise.all(uploaders.map(expectWholeHistory)));
    await Promise.all(uploaders.map(expectContents));
  }
  over = true;
  await failed;
  for (const uploader of uploaders) {
    expect(uploader.acknowledged.size).toBeGreaterThan(0);
    await patiently(() => expectWholeHistory(uploader));
    await expectContents(uploader);
    await expectLastRecovered(uploader);
  }
});
