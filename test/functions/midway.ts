/** Requests that are valid only midway through a recovery: one that succeeds for each such endpoint. */
import { expect } from "vitest";
import { replacing } from "../support/builders.ts";
import type { CheckedPhone } from "../support/phones.ts";
import {
  aContact,
  answer,
  aTicket,
  bound,
  idIn,
  proven,
  type Recovery,
  start,
  startedIn,
  vouch,
} from "../support/step-up.ts";
import { statusIn } from "./helpers.ts";
import type { Sample } from "./requests.ts";

const BACKUP = "v1/backups/android";

type Midway = Sample & { by: CheckedPhone };

const requests: Record<string, (scene: Recovery) => Promise<Midway> | Midway> = {
  "repudiate-recovery": ({ old: by, recovery }) => ({ by, path: `v1/recoveries/${recovery}/repudiate` }),
  "renew-credential": async (scene) => {
    await proven(scene);
    const { phone: by, recovery, personal } = scene;
    return { by, path: `v1/recoveries/${recovery}/credentials`, body: { account: bound(personal) } };
  },
  "start-step-up": ({ phone: by, recovery, work }) => ({
    by,
    path: `v1/recoveries/${recovery}/step-ups`,
    body: { account: bound(work) },
  }),
  "answer-step-up": async (scene) => {
    const { id } = startedIn(await start(scene));
    return { by: scene.phone, path: `v1/step-ups/${id}/answer`, body: { code: scene.watched.lastCode() } };
  },
  "undelete-backup": async ({ old: by }) => {
    await by.call("DELETE", BACKUP, { headers: replacing(await by.call("GET", BACKUP)) });
    return { by, path: `${BACKUP}/undelete`, headers: replacing(await by.call("GET", BACKUP)) };
  },
  "restore-version": async ({ old: by }) => {
    const status = await by.call("GET", BACKUP);
    const { version } = statusIn(status);
    return { by, path: `${BACKUP}/versions/${version?.id}/restore`, headers: replacing(status) };
  },
  "add-contact": ({ old: by }) => ({ by, path: "v1/contacts", body: anEmail() }),
  "confirm-contact": async ({ old: by, watched }) => {
    const added = await by.call("POST", "v1/contacts", { body: anEmail() });
    expect(added.status, JSON.stringify(added.body)).toBe(201);
    return { by, path: `v1/contacts/${idIn(added)}/confirm`, body: { code: watched.lastCode() } };
  },
  "send-contact-code": ({ phone: by, contact }) => ({ by, path: `v1/contacts/${contact}/code` }),
  "remove-contact": async ({ old: by, watched }) => ({
    by,
    path: `v1/contacts/${await aContact(watched, by)}`,
  }),
  "object-to-revocation": async ({ old: by, phone }) => {
    expect((await phone.call("DELETE", `v1/devices/${by.deviceId}`)).status).toBe(202);
    return { by, path: `v1/devices/${by.deviceId}/object` };
  },
  "issue-device-ticket": async (scene) => {
    const { phone: by, work } = scene;
    const { code: ticket } = await aTicket(scene);
    const redeemed = await answer(by, startedIn(await start(scene, { account: work })).id, { ticket });
    expect(redeemed.status, JSON.stringify(redeemed.body)).toBe(200);
    await vouch(scene.watched, by, scene.contact);
    return { by, path: "v1/device-tickets", body: { account: bound(work) } };
  },
};

const anEmail = () => ({
  channel: "email",
  address: `canary-${crypto.randomUUID()}@mail.example`,
  language: "en",
});

/** Undefined for an endpoint whose sample request needs no recovery. */
export const midway = (name: string) => requests[name];
