/** An older instance reads what a newer one writes, and keeps every member that it doesn't know. */
/**
 * During a roll-out both run: the older one changes known members beside unknown ones, however deep these
 * are.
 */
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import * as z from "zod";
import type { Reply } from "../../../infra/local/phone.ts";
import { openQueued, queueOutbox } from "../../../lib/azure/stores/queue-outbox.ts";
import { DAY, later } from "../../../lib/domain/clock.ts";
import { AccountCredentials } from "../../../lib/domain/credentials/credential.ts";
import { sha256 } from "../../../lib/domain/hash.ts";
import { newId } from "../../../lib/domain/id.ts";
import { OutboxItem } from "../../../lib/domain/messages/announcement.ts";
import { OwnerRecord } from "../../../lib/domain/owner/owner-record.ts";
import { OwnerState, recoveryIn } from "../../../lib/domain/owner/owner-state.ts";
import { ownerIdOf } from "../../../lib/domain/owner.ts";
import { RecoveryRecord } from "../../../lib/domain/recovery/record.ts";
import { Ticket } from "../../../lib/domain/step-up/ticket.ts";
import type { Store } from "../../../lib/domain/store.ts";
import { aDeviceId, aHead, anId, aState, now } from "../../domain/builders.ts";
import { aBackup, anAccount, replacing } from "../../support/builders.ts";
import {
  answer,
  aRecovery,
  aTicket as aTicketOf,
  bound,
  codeAt,
  idIn,
  proven,
  type Recovery,
  recover,
  start,
  verify,
} from "../../support/step-up.ts";
import { aNewOwner } from "../contracts.ts";
import { anInstance } from "../instances.ts";
import { accountsOf, aFullRecord, aRecoveryRecord, aTicket, someCredentials } from "../samples.ts";
import { type OwnContainer, ownContainer } from "../targets.ts";

/** A public key has a fixed form (RFC 7517): any other member would make another key. */
const CLOSED = "publicKey";

/** The value with one more member in each object, which names the object's place. */
function newer(value: unknown, path: string): unknown {
  if (Array.isArray(value)) return value.map((each, index) => newer(each, `${path}/${index}`));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([name, each]) => [
    name,
    name === CLOSED ? each : newer(each, `${path}/${name}`),
  ]);
  return { ...Object.fromEntries(members), invented: path };
}

/** The value as the older instance reads it. */
const written = <T>(shape: z.ZodType<T>, value: T, name: string): T =>
  shape.parse(newer(JSON.parse(JSON.stringify(value)), name));

/** The places that still have their additional member. */
function inventedIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) =>
    name === "invented" ? [String(each)] : inventedIn(each),
  );
}

/** Every object's place, each with an additional member. */
const expectedIn = (value: unknown, name: string): string[] =>
  inventedIn(newer(JSON.parse(JSON.stringify(value)), name));

const aFullState = (): OwnerState =>
  aState(aHead({ spentProofs: [{ id: "proof", at: now }] }), {
    recoveries: [{ id: anId("recovery"), device: aDeviceId(), record: anId("record"), endsAt: now }],
    erasure: { device: aDeviceId(), requestedAt: now, eraseAt: now },
    erased: { at: now, hadContact: true, accounts: [] },
  });

describe("F36 R8 what is stored", () => {
  let storage: OwnContainer;
  beforeAll(async () => {
    storage = await ownContainer();
  });
  afterAll(() => storage.close());

  it("F36 R8 an owner's state and record: every member that a newer instance has added is read and kept", async () => {
    const { owners } = anInstance(storage.blobs);
    const owner = aNewOwner();
    const [state, record] = [aFullState(), aFullRecord()];
    const next = {
      state: written(OwnerState, state, "state"),
      record: written(OwnerRecord, record, "record"),
    };
    await owners.put(owner, next, undefined);
    const held = (await owners.find(owner)) ?? expect.fail("nothing stored");
    expect(inventedIn(held.state)).toEqual(expectedIn(state, "state"));
    expect(inventedIn(await held.record())).toEqual(expectedIn(record, "record"));
  });

  /** Put as a newer instance does, and found as an older one does. */
  async function kept<K, T>(store: Store<K, T>, key: K, shape: z.ZodType<T>, value: T) {
    await store.put(key, written(shape, value, ""), undefined);
    expect(inventedIn((await store.find(key))?.value)).toEqual(expectedIn(value, ""));
  }

  it("F36 R8 the same for what is stored beside them: a recovery, an account's credentials, a ticket", async () => {
    const { recoveries, credentials, tickets } = anInstance(storage.blobs);
    const owner = aNewOwner();
    const [account = expect.fail()] = accountsOf(owner);
    await kept(recoveries, { owner, record: newId() }, RecoveryRecord, aRecoveryRecord());
    await kept(credentials, account, AccountCredentials, someCredentials({ owner }));
    await kept(tickets, sha256(owner), Ticket, aTicket());
    const byDevice = { by: "device" as const, owner, device: aDeviceId() };
    await kept(tickets, sha256(`${owner} by device`), Ticket, aTicket({ issuedBy: byDevice }));
  });

  const activity = {
    id: "id",
    kind: "recovered",
    at: now,
    device: { id: aDeviceId(), name: "phone" },
  } as const;
  const to = { channel: "email", address: "canary@mail.example", language: "sv" } as const;
  const items: OutboxItem[] = [
    { type: "announcement", activity, recipients: [to, { ...to, link: true }] },
    { type: "log-entry", activity },
    { type: "letter", id: "letter", to, kind: "code", at: now, until: later(now, DAY), tries: 0 },
  ];
  it.each(items)("F36 R18 the same for queue messages: $type", async (item) => {
    const instance = anInstance(storage.blobs);
    const owner = aNewOwner();
    let message = "";
    const outbox = queueOutbox(async (text) => {
      message = text;
    }, instance);
    await outbox.put(owner, written(OutboxItem, item, "item"));
    const opened = await openQueued(instance, { ...JSON.parse(message), invented: "later" });
    expect(inventedIn(opened?.item)).toEqual(expectedIn(item, "item"));
  });
});

const Versions = z.object({ versions: z.array(z.looseObject({ id: z.string() })) });
const aNewContact = () => ({ channel: "email", address: `canary-${newId()}@mail.example`, language: "en" });

/** Everything stored of the recovering owner, whose personal account is proven. */
async function storedOf({ watched, owner: subject, recovery, personal }: Recovery) {
  const { owners, recoveries, credentials } = watched.app.services;
  const owner = ownerIdOf({ issuer: inject("surroundings").issuer, subject });
  const held = (await owners.find(owner)) ?? expect.fail("no owner");
  const key = { owner, record: recoveryIn(held.state, recovery)?.record ?? expect.fail("no recovery") };
  const [opened, holders] = [await recoveries.find(key), await credentials.find(bound(personal))];
  return {
    owner,
    held,
    key,
    record: await held.record(),
    opened: opened ?? expect.fail("no recovery"),
    holders: holders ?? expect.fail("no credentials"),
  };
}

/** A newer instance writes all of it once more. */
async function writeNewer(scene: Recovery): Promise<void> {
  const { owners, recoveries, credentials } = scene.watched.app.services;
  const { owner, held, key, record, opened, holders } = await storedOf(scene);
  const next = {
    state: written(OwnerState, held.state, "state"),
    record: written(OwnerRecord, record, "record"),
  };
  expect(await owners.put(owner, next, held)).toBeDefined();
  await recoveries.put(key, written(RecoveryRecord, opened.value, "recovery"), opened.etag);
  const account = bound(scene.personal);
  await credentials.put(account, written(AccountCredentials, holders.value, "credentials"), holders.etag);
}

async function inventedFor(scene: Recovery): Promise<string[]> {
  const { held, record, opened, holders } = await storedOf(scene);
  return inventedIn([held.state, record, opened.value, holders.value]);
}

type Step = { name: string; call: () => Promise<Reply>; status: number; gone?: RegExp };

/** Each step answers as expected and keeps every unknown member, except those that it removes on purpose. */
async function expectKept(scene: Recovery, steps: Step[]): Promise<void> {
  let before = await inventedFor(scene);
  expect(before.length).toBeGreaterThan(20);
  for (const { name, call, status, gone = /^$/ } of steps) {
    const reply = await call();
    const after = new Set(await inventedFor(scene));
    const lost = before.filter((place) => !after.has(place) && !gone.test(place));
    expect({ name, lost, status: reply.status, body: reply.body }).toMatchObject({ name, lost: [], status });
    before = [...after];
  }
}

describe("F36 R8 what the present code changes", () => {
  const BACKUP = "v1/backups/android";

  it("F36 R8 keeps all that a newer instance has written beside it, call by call", async () => {
    const scene = await aRecovery();
    const { watched, phone, personal, contact } = scene;
    const uri = await proven(scene);
    await writeNewer(scene);
    const current = async () => ({ headers: replacing(await phone.call("GET", BACKUP)) });
    const { body } = await phone.call("GET", `${BACKUP}/versions`);
    const [first = expect.fail()] = Versions.parse(body).versions;
    const stepUp = async () => {
      const started = await start(scene, { account: scene.work });
      return answer(phone, idIn(started), { ticket: (await aTicketOf(scene)).code });
    };
    await expectKept(scene, [
      {
        name: "upload",
        call: async () => phone.call("PUT", BACKUP, { ...(await current()), body: aBackup([anAccount()]) }),
        status: 200,
      },
      {
        name: "restore",
        call: async () => phone.call("POST", `${BACKUP}/versions/${first.id}/restore`, await current()),
        status: 200,
      },
      { name: "delete", call: async () => phone.call("DELETE", BACKUP, await current()), status: 200 },
      {
        name: "undelete",
        call: async () => phone.call("POST", `${BACKUP}/undelete`, await current()),
        status: 200,
      },
      {
        name: "confirm",
        call: async () => phone.call("POST", `${BACKUP}/confirm`, await current()),
        status: 200,
      },
      {
        name: "rename",
        call: () => phone.call("PATCH", `v1/devices/${phone.deviceId}`, { body: { name: "another" } }),
        status: 200,
      },
      {
        name: "recover",
        call: () => recover(phone),
        status: 200,
        gone: /^credentials\/(failures|holders\/0\/code)/,
      },
      { name: "step up", call: stepUp, status: 200, gone: /^record\/failures/ },
      {
        name: "verify",
        call: () => verify(scene, personal, codeAt(uri, watched.clock.now())),
        status: 200,
      },
      {
        name: "add a contact",
        call: () => phone.call("POST", "v1/contacts", { body: aNewContact() }),
        status: 201,
      },
      { name: "remove a contact", call: () => phone.call("DELETE", `v1/contacts/${contact}`), status: 204 },
      { name: "export", call: () => phone.call("GET", "v1/me/export"), status: 200 },
      {
        name: "revoke a device",
        call: () => phone.call("DELETE", `v1/devices/${scene.old.deviceId}`),
        status: 204,
      },
    ]);
  });
});
