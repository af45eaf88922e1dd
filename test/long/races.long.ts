/** A thousand rounds of two devices on one ETag, over HTTP, each talking to a host process of its own. */
import { expect, inject, it } from "vitest";
import { pathOf } from "../../infra/local/child.ts";
import { startHost } from "../../infra/local/host-process.ts";
import type { BackupDocument } from "../../lib/domain/backup/document.ts";
import { aBackup, anAccount, nothingYet } from "../support/builders.ts";
import { anOwner, aPhone } from "../support/phones.ts";

const ROUNDS = 1000;
const BACKUP = "v1/backups/android";

it("R7 R8 F26 one winner each round, the loser learns the new state, nothing is lost", async () => {
  const { settings } = inject("surroundings");
  const second = await startHost({
    appFolder: pathOf("../..", import.meta.url),
    port: 0,
    settings,
    log: () => undefined,
  });
  const owner = anOwner();
  const phones = [await aPhone({ owner }), await aPhone({ owner })] as const;
  phones[1].instance = `${second.url}/api`;
  const first = await phones[0].call("PUT", BACKUP, { body: aBackup([]), headers: nothingYet });
  await phones[1].call("POST", "v1/devices", { body: { platform: "android", name: "second" } });
  expect(first.status).toBe(201);

  let etag = (await phones[0].call("GET", BACKUP)).headers.get("etag") ?? "";
  for (let round = 1; round <= ROUNDS; round++) {
    const documents = phones.map(() => aBackup([anAccount()]));
    const replies = await Promise.all(
      phones.map((phone, at) =>
        phone.call("PUT", BACKUP, { body: documents[at], headers: { "if-match": etag } }),
      ),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 412]);
    const won = replies.findIndex(({ status }) => status === 200);
    const [winner, loser] = [replies[won], replies[1 - won]];
    expect(winner?.body).toMatchObject({ version: { generation: round + 1 } });
    etag = winner?.headers.get("etag") ?? "";
    expect(loser?.body).toMatchObject({ generation: round + 1, etag });
    if (round % 100 === 0) await expectRecovered(owner, documents[won]);
    if (round % 100 === 0) etag = (await phones[0].call("GET", BACKUP)).headers.get("etag") ?? "";
  }
  await second.close();
});

/** The last acknowledged document comes back. */
async function expectRecovered(owner: string, document: BackupDocument | undefined) {
  const phone = await aPhone({ owner });
  const body = { platform: "android", device: { name: "reader" }, existingAccounts: [] };
  const { body: recovered } = await phone.call("POST", "v1/recoveries", { body });
  const accounts = document?.accounts.map((account) => ({ outcome: "restore", account }));
  expect(recovered).toMatchObject({ accounts });
  await phone.call("DELETE", `v1/devices/${phone.deviceId}`);
}
