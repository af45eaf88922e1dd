/** Storage and queue reveal nobody: no name, address, number, issuer or secret, in any spelling. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { queueOutbox } from "../../../lib/azure/stores/queue-outbox.ts";
import { accountKey } from "../../../lib/domain/account.ts";
import { sha256 } from "../../../lib/domain/hash.ts";
import { newId } from "../../../lib/domain/id.ts";
import type { Letter } from "../../../lib/domain/messages/announcement.ts";
import { aDeviceId, aHead, aVersion, now } from "../../domain/builders.ts";
import { putVersionIn } from "../../support/open-version.ts";
import { putHead, putRecord } from "../../support/owners.ts";
import { aNewOwner } from "../contracts.ts";
import { anInstance } from "../instances.ts";
import { type OwnQueue, ownQueue, textOf } from "../own-queue.ts";
import { accountsOf, aFullRecord, aRecoveryRecord, aTicket, someCredentials } from "../samples.ts";
import { type OwnContainer, ownContainer } from "../targets.ts";
import { tracesOf } from "../traces.ts";

const owner = aNewOwner();
const accounts = accountsOf(owner);
const device = { id: aDeviceId(), name: "canary-phone 🔑" };
const to = { channel: "email", address: "canary@mail.example", language: "en" } as const;
const letter: Letter = {
  type: "letter",
  id: newId(),
  to,
  kind: "code",
  at: now,
  until: now,
  tries: 0,
  code: "694201",
  deviceName: device.name,
  link: "https://canary-link.example/v1/alarms/canary",
};

const strings = (value: unknown): string[] => {
  if (typeof value === "string") return [value];
  return value instanceof Object && !(value instanceof Date) ? Object.values(value).flatMap(strings) : [];
};
/** All stored texts that are somebody's: those with a canary in them, numbers, codes. */
const secrets = [
  ...new Set(strings([aFullRecord(), aRecoveryRecord(), accounts, device, to, letter, aTicket()])),
  Buffer.from("canary-secret-1234567").toString(),
].filter((text) => /canary|\+4670|694201|contoso|sts\.example|personal\.example/.test(text));
/** Hashes that an attacker could try by guessing, if anything were hashed without a key. */
const digests = [
  ...accounts.map(accountKey),
  ...["canary@mail.example", "+46700000042", "694201", "canary-phone 🔑"],
].map((text) => sha256(text));

let storage: OwnContainer;
let own: OwnQueue;
let found: Record<"names" | "metadata" | "contents" | "messages", Buffer[]>;

beforeAll(async () => {
  [storage, own] = await Promise.all([ownContainer(), ownQueue()]);
  const instance = anInstance(storage.blobs, { inlineBytes: 300 });
  const place = { owner, platform: "ios" as const };
  await putHead(
    instance.owners,
    place,
    aHead({ versions: [], devices: [{ ...device, registeredAt: now, lastSeenAt: now }] }),
  );
  for (const id of [newId(), newId(), newId()]) {
    const content = Buffer.from(JSON.stringify(accounts));
    await putVersionIn(instance, place, aVersion({ id }), content);
  }
  await putRecord(instance.owners, owner, aFullRecord());
  await instance.recoveries.put({ owner, record: newId() }, aRecoveryRecord(), undefined);
  for (const account of accounts)
    await instance.credentials.put(account, someCredentials({ owner }), undefined);
  await instance.tickets.put(await instance.keyedHash.hash("ticket", "canary"), aTicket(), undefined);
  const activity = { id: newId(), kind: "recovered" as const, at: now, device };
  await instance.activity.append(owner, activity);
  const outbox = queueOutbox(own.send, instance);
  await outbox.put(owner, { type: "announcement", activity, recipients: [to] });
  await outbox.put(owner, letter);
  found = await collect();
});
afterAll(() => Promise.all([storage.close(), own.close()]));

/** Everything that somebody with read access to the storage sees. */
async function collect(): Promise<typeof found> {
  const [names, metadata, contents]: [Buffer[], Buffer[], Buffer[]] = [[], [], []];
  for await (const { name, metadata: told = {} } of storage.container.listBlobsFlat({
    includeMetadata: true,
  })) {
    names.push(Buffer.from(name));
    metadata.push(Buffer.from(JSON.stringify(told)));
    contents.push((await storage.blobs.read(name))?.content ?? Buffer.alloc(0));
  }
  const { peekedMessageItems } = await own.queue.peekMessages({ numberOfMessages: 32 });
  const texts = peekedMessageItems.map(textOf);
  const sealed = texts
    .map((text) => JSON.parse(text))
    .map((envelope) => Buffer.from(String(envelope.lasting ?? envelope.sealed), "base64"));
  return { names, metadata, contents, messages: [...texts.map((text) => Buffer.from(text)), ...sealed] };
}

describe("F19 R33 R34 nothing of a person stands in", () => {
  it.each([
    ["a blob's name", "names"],
    ["a blob's metadata", "metadata"],
    ["a blob's content", "contents"],
    ["a message of the queue", "messages"],
  ] as const)(
    "F19 R34 %s: no account, address, number, issuer, device, code or secret, in no spelling, and no plain digest of one",
    (_, where) => {
      expect(found[where].length).toBeGreaterThan(2);
      expect(tracesOf([...secrets, ...digests], found[where])).toEqual([]);
    },
  );

  it("R34 a log's lines are sealed: they are base64url, and reveal nothing decoded either", () => {
    const lines = found.contents.filter((content) => /^[\w-]+\n$/.test(content.toString("latin1")));
    expect(lines).toHaveLength(1);
    const sealed = lines.map((line) => Buffer.from(line.toString().trim(), "base64url"));
    expect(tracesOf([...secrets, ...digests], sealed)).toEqual([]);
  });

  it("R33 a blob's name and metadata hold only the owner's id, keyed hashes and random ids", () => {
    const kinds = found.names.map((name) => name.toString().split("/")[0]).toSorted();
    expect([...new Set(kinds)]).toEqual([
      ...["activity", "bodies", "credentials", "owner-keys", "owners", "recoveries"],
      ...["shard-keys", "tickets"],
    ]);
    const hidden = /^(credentials|tickets)\/[\w-]{43}$/;
    const theirs =
      /^(owner-keys|owners)\/[\w-]{43}$|^activity\/[\w-]{43}\/[\w-]{22}\/(log|anchor)$|^(bodies|recoveries)\/[\w-]{43}\/[\w-]{22}$/;
    for (const name of found.names.map(String)) {
      if (hidden.test(name)) expect(name).not.toContain(owner);
      else if (!name.includes(owner))
        expect(name).toMatch(/^shard-keys\/(\d\d|pepper)$|^owner-keys\/[\w-]{43}$/);
      else expect(name).toMatch(theirs);
    }
    const told = found.metadata.flatMap((metadata, index) => {
      const [kind] = String(found.names[index]).split("/");
      return Object.keys(JSON.parse(metadata.toString())).map((key) => `${kind} ${key}`);
    });
    expect([...new Set(told)].toSorted()).toEqual([
      ...["credentials owner", "owners dueat", "owners kids", "recoveries dueat"],
      ...["shard-keys kid", "tickets dueat"],
    ]);
  });
});

it("F19 the search finds what is there, in each of its spellings", () => {
  const text = "canary+1@mail.example/ö";
  const bytes = Buffer.from(text);
  const written = [
    ...[text, text.toUpperCase(), encodeURIComponent(text), `x${bytes.toString("hex")}`],
    ...["", "x", "xy"].map((before) => Buffer.from(`${before}${text} more`).toString("base64")),
    ...["", "x", "xy"].map((before) => Buffer.from(`${before}${text} more`).toString("base64url")),
  ].map((each) => Buffer.from(each));
  for (const each of [...written, Buffer.from(`x ${text}`, "utf16le")]) {
    expect(tracesOf([text], [Buffer.alloc(3), each]), each.toString()).toEqual([text]);
  }
  expect(tracesOf([text], [Buffer.from("something else")])).toEqual([]);
  expect(secrets.length).toBeGreaterThan(15);
});
