/** Two instances of the service on one storage: what one does holds for the other with the next request. */

import { BlobServiceClient } from "@azure/storage-blob";
import { describe, expect, inject, it } from "vitest";
import { ownerIdOf } from "../../../lib/domain/owner.ts";
import { anApp } from "../../support/app.ts";
import { aBackup, anAccount, nothingYet, replacing } from "../../support/builders.ts";
import { anOwner, aPhone } from "../../support/phones.ts";

const BACKUP = "v1/backups/android";

describe("two instances", () => {
  it("R17 a device that is revoked at one is refused at the other from the next request on", async () => {
    const [one, two] = [anApp(), anApp()];
    const owner = anOwner();
    const lost = await aPhone({ owner, app: one });
    await lost.call("PUT", BACKUP, { body: aBackup(), headers: nothingYet });
    const found = await aPhone({ owner, app: two });
    await found.call("POST", "v1/devices", { body: { platform: "android", name: "found" } });
    expect((await lost.call("GET", BACKUP)).status).toBe(200);
    expect((await found.call("DELETE", `v1/devices/${lost.deviceId}`)).status).toBe(204);
    expect((await lost.call("GET", BACKUP)).status).toBe(401);
  });

  it("R7 R8 an owner's first upload, raced at both: one wins, and what it stored opens at both", async () => {
    for (let round = 0; round < 10; round++) {
      const owner = anOwner();
      const phones = await Promise.all([anApp(), anApp()].map((app) => aPhone({ owner, app })));
      const documents = phones.map(() => aBackup([anAccount()]));
      const replies = await Promise.all(
        phones.map((phone, at) => phone.call("PUT", BACKUP, { body: documents[at], headers: nothingYet })),
      );
      expect(replies.map(({ status }) => status).sort()).toEqual([201, 403]);
      const winner = replies.findIndex(({ status }) => status === 201);
      const newPhone = await aPhone({ owner, app: anApp() });
      const body = { platform: "android", device: { name: "new" }, existingAccounts: [] };
      const recovered = await newPhone.call("POST", "v1/recoveries", { body });
      const [account] = documents[winner]?.accounts ?? [];
      expect(recovered.body).toMatchObject({ accounts: [{ outcome: "restore", account }] });
    }
  });

  it("R35 a key that was erased and made anew elsewhere: the old one is not used again", async () => {
    const [one, two] = [anApp(), anApp()];
    const subject = anOwner();
    const { issuer, settings } = inject("surroundings");
    const first = await aPhone({ owner: subject, app: one });
    await first.call("PUT", BACKUP, { body: aBackup(), headers: nothingYet });
    const owner = ownerIdOf({ issuer, subject });
    const service = BlobServiceClient.fromConnectionString(settings["BACKUPS_STORAGE"] ?? "");
    await service.getContainerClient("keys").deleteBlob(`owner-keys/${owner}`);
    await service.getContainerClient("backups").deleteBlob(`owners/${owner}`);
    const second = await aPhone({ owner: subject, app: two });
    const anew = await second.call("PUT", BACKUP, { body: aBackup(), headers: nothingYet });
    expect(anew.status).toBe(201);
    second.through(one.fetch);
    const later = await second.call("PUT", BACKUP, { body: aBackup(), headers: replacing(anew) });
    expect(later.status).toBe(200);
    second.through(anApp().fetch);
    const body = { platform: "android", device: { name: "new" }, existingAccounts: [] };
    expect((await second.call("POST", "v1/recoveries", { body })).status).toBe(200);
  });
});
