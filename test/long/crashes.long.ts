/** The functions process is killed again and again while phones upload: whatever was acknowledged is there, to the byte. */
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { type HostProcess, startHost } from "../../infra/local/host-process.ts";
import { Phone } from "../../infra/local/phone.ts";
import type { BackupDocument } from "../../lib/domain/backup-document.ts";
import { aBackup } from "../support/builders.ts";
import { anOwner, aPhone } from "../support/phones.ts";
import { recover, recoveredIn } from "../support/step-up.ts";

const KILLS = 50;
const PHONES = 4;
const BACKUP = "v1/backups/android";

let host: HostProcess;
beforeAll(async () => {
  const { settings } = inject("surroundings");
  host = await startHost({ appFolder: ".", port: await aFreePort(), settings, log: () => undefined });
});
afterAll(() => host.close());

/** The same one after each start, so that phones find it again. */
async function aFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : expect.fail("no port");
}

type Uploader = { owner: string; acknowledged: number; stored: BackupDocument[] };

/** Uploads one document after the other; what isn't answered may or may not be stored, and is remembered as such. */
async function uploading(uploader: Uploader, until: () => boolean): Promise<void> {
  const { api, issuer } = inject("surroundings");
  const phone = new Phone({ api, issuer, platform: "android" });
  phone.instance = `${host.url}/api`;
  await phone.signIn(uploader.owner);
  while (!until()) {
    const document = aBackup();
    try {
      const status = await phone.call("GET", BACKUP);
      const etag = status.headers.get("etag");
      uploader.stored.push(document);
      const headers: Record<string, string> = etag ? { "if-match": etag } : { "if-none-match": "*" };
      const reply = await phone.call("PUT", BACKUP, { body: document, headers });
      if (![200, 201].includes(reply.status)) continue;
      uploader.acknowledged += 1;
      uploader.stored = [document];
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
      await setTimeout(20);
    }
  }
}

it("R8 fifty kills under load lose no acknowledged upload", async () => {
  const uploaders: Uploader[] = Array.from({ length: PHONES }, () => ({
    ...{ owner: anOwner(), acknowledged: 0, stored: [] },
  }));
  let over = false;
  const running = uploaders.map((uploader) => uploading(uploader, () => over));
  for (let kill = 0; kill < KILLS; kill++) {
    const before = uploaders.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
    const progress = () => uploaders.reduce((sum, { acknowledged }) => sum + acknowledged, 0) > before + 2;
    while (!progress()) await setTimeout(5);
    await setTimeout(Math.random() * 30);
    process.kill(host.pid() ?? 0, "SIGKILL");
  }
  over = true;
  await Promise.all(running);
  for (const { owner, stored, acknowledged } of uploaders) {
    expect(acknowledged).toBeGreaterThan(0);
    const { accounts } = recoveredIn(await recover(await aPhone({ owner })));
    const recovered = JSON.stringify(accounts.map(({ account }) => account));
    expect(stored.map((document) => JSON.stringify(document.accounts))).toContain(recovered);
  }
});
