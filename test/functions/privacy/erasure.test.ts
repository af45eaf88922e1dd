/** An owner who wants to be forgotten: for good, and nothing brings them back. */

import { describe, expect, it } from "vitest";
import type { StoredBlob } from "../../../lib/azure/stores/blobs.ts";
import { anApp } from "../../support/app.ts";
import { deliverAll } from "../../support/delivering.ts";
import { beforeNext } from "../../support/meanwhile.ts";
import { openVersionIn } from "../../support/open-version.ts";
import { headOf, recordOf } from "../../support/owners.ts";
import { aPhone } from "../../support/phones.ts";
import {
  anAppToWatch,
  answer,
  aRecovery,
  aTicket,
  bound,
  codeAt,
  credentialIn,
  idIn,
  proven,
  type Recovery,
  recover,
  start,
  verify,
} from "../../support/step-up.ts";
import { placeOf } from "../../support/sweeping.ts";
import { expectErased } from "../erased.ts";
import { anOwnerWithBackup, refused } from "../helpers.ts";
import { everythingOf } from "../stored.ts";

const erase = (phone: { call: Recovery["phone"]["call"] }) =>
  phone.call("DELETE", "v1/me?confirm=erase-everything");

describe.concurrent("erasure", () => {
  it("R35 F18 forgets it all: nothing is stored, no code is valid, and a second time is as good as the first", async () => {
    const scene = await aRecovery();
    const uri = await proven(scene);
    await deliverAll(scene);
    expect((await erase(scene.phone)).status).toBe(204);
    await expectErased(scene.owner, { hadContact: true });
    expect((await erase(scene.phone)).status).toBe(204);
    refused(await scene.phone.call("GET", "v1/backups"), "device-unknown");
    const verdict = await verify(scene, scene.personal, codeAt(uri, scene.watched.clock.now()));
    expect(verdict.body).toEqual({ valid: false });
    const letter = scene.watched.sent.findLast((item) => item.type === "letter");
    expect(letter).toMatchObject({ kind: "erased" });
  });

  it("R35 F18 every copy that was kept elsewhere stays closed, with the vault and all that is left of the storage", async () => {
    const scene = await aRecovery();
    await proven(scene);
    const { services } = scene.watched.app;
    const place = placeOf(scene.owner);
    const before = await headOf(services.owners, place);
    const [version = expect.fail()] = before?.value.versions ?? [];
    const copies = new Map<string, StoredBlob>();
    const reader = anApp({
      through: (blobs, container) => ({
        ...blobs,
        async read(name) {
          const kept = copies.get(name);
          return container === "backups" && kept ? kept : await blobs.read(name);
        },
      }),
    });
    const keeper = anApp({
      through: (blobs) => ({
        ...blobs,
        async read(name) {
          const blob = await blobs.read(name);
          if (blob) copies.set(name, blob);
          return blob;
        },
      }),
    }).services;
    await recordOf(keeper.owners, place.owner);
    await openVersionIn(keeper, place, version);
    expect(copies.size).toBeGreaterThanOrEqual(2);
    expect((await erase(scene.phone)).status).toBe(204);
    await expect(reader.services.owners.find(place.owner)).rejects.toMatchObject({
      kind: "backup-unreadable",
    });
  });

  it("R35 the owner may begin anew, and another may prove the account", async () => {
    const scene = await aRecovery();
    const started = idIn(await start(scene, { account: scene.work }));
    const { code } = await aTicket(scene);
    expect(credentialIn(await answer(scene.phone, started, { ticket: code })).type).toBe("code");
    expect((await erase(scene.phone)).status).toBe(204);
    const { phone } = await anOwnerWithBackup({ owner: scene.owner, app: scene.watched.app });
    expect((await recover(phone)).status).toBe(200);
    const other = await aRecovery({ watched: scene.watched, personal: scene.personal });
    await proven(other);
    expect(bound(other.personal)).toEqual(bound(scene.personal));
  });

  it("R35 wants a typed confirmation, a fresh sign-in and a device of the owner's", async () => {
    const scene = await aRecovery();
    for (const query of ["", "?confirm=yes", "?confirm="]) {
      refused(await scene.phone.call("DELETE", `v1/me${query}`), "invalid-request");
    }
    refused(await erase(await aPhone({ owner: scene.owner, app: scene.watched.app })), "device-unknown");
    expect(Object.keys(await everythingOf(scene.owner)).length).toBeGreaterThan(0);
  });
});

describe.concurrent("a change that an erasure overtakes", () => {
  it("R35 a device that is renamed meanwhile brings nothing back", async () => {
    const { through, happens } = beforeNext("write ");
    const watched = anAppToWatch({ through });
    const { owner, phone } = await anOwnerWithBackup({ app: watched.app });
    happens(async () => {
      phone.through(watched.another().fetch);
      expect((await erase(phone)).status).toBe(204);
    });
    const renamed = await phone.call("PATCH", `v1/devices/${phone.deviceId}`, { body: { name: "new" } });
    refused(renamed, "device-not-found");
    await expectErased(owner, { hadContact: false });
  });
});
