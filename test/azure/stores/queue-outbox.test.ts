/** The outbox as a queue: items come out unchanged, later if delayed; anything else is refused. */
import { QueueServiceClient } from "@azure/storage-queue";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openQueued, queueCounts, queueOutbox } from "../../../lib/azure/stores/queue-outbox.ts";
import { DAY, later } from "../../../lib/domain/clock.ts";
import type { Announcement, Letter, OutboxItem } from "../../../lib/domain/messages/announcement.ts";
import type { OwnerId } from "../../../lib/domain/owner.ts";
import { contextOf } from "../../../lib/domain/sealing/seal.ts";
import { aDeviceId, now } from "../../domain/builders.ts";
import { refusalFrom } from "../../domain/refusals.ts";
import { aNewOwner, times } from "../contracts.ts";
import { damagesOf, refused, told } from "../damages.ts";
import { anInstance } from "../instances.ts";
import { type OwnQueue, ownQueue, textOf } from "../own-queue.ts";
import { type OwnContainer, ownContainer } from "../targets.ts";

let storage: OwnContainer;
let own: OwnQueue;
beforeAll(async () => {
  storage = await ownContainer();
});
afterAll(() => storage.close());
beforeEach(async () => {
  own = await ownQueue();
});
afterEach(() => own.close());

const to = { channel: "email", address: "canary@mail.example", language: "sv" } as const;
const aLetter = (change: Partial<Letter> = {}): Letter => ({
  type: "letter",
  id: "letter 1",
  to,
  kind: "code",
  at: now,
  until: later(now, DAY),
  tries: 0,
  code: "123456",
  ...change,
});
const anAnnouncement = (change: Partial<Announcement> = {}): Announcement => ({
  type: "announcement",
  activity: { id: "id 1", kind: "recovered", at: now, device: { id: aDeviceId(), name: "canary" } },
  recipients: [to, { channel: "phone", address: "+46700000042", language: "en" }],
  ...change,
});
const someSeals = () => anInstance(storage.blobs);
const put = (owner: OwnerId, item: OutboxItem, delaySeconds?: number) =>
  queueOutbox(own.send, someSeals()).put(owner, item, delaySeconds);

/** The text of the only visible message. */
async function peeked(): Promise<string> {
  const { peekedMessageItems: messages } = await own.queue.peekMessages({ numberOfMessages: 32 });
  expect(messages).toHaveLength(1);
  return textOf(messages[0] ?? expect.fail());
}

describe("R18 what is put into the outbox", () => {
  const items: [string, OutboxItem][] = [
    ["an announcement", anAnnouncement()],
    ["one to nobody", anAnnouncement({ recipients: [] })],
    ["a code", aLetter()],
    [
      "a letter that has all there is",
      aLetter({ link: "https://x.example", deviceName: "canary", tries: 3 }),
    ],
    ["a letter of 80 letters that take four bytes each", aLetter({ deviceName: "🔑".repeat(40) })],
  ];
  it.each(items)(
    "R18 %s comes out as it was, on another instance, as text and as its value",
    async (_, item) => {
      const owner = aNewOwner();
      await put(owner, item);
      const text = await peeked();
      expect(await openQueued(someSeals(), text)).toEqual({ owner, item, isOwnerErased: false });
      expect(await openQueued(someSeals(), JSON.parse(text))).toEqual({ owner, item, isOwnerErased: false });
    },
  );

  it("R18 comes out with what only a newer version knows, in it and beside it", async () => {
    const owner = aNewOwner();
    const item = { ...aLetter(), more: "canary" };
    await put(owner, item);
    const message = { ...JSON.parse(await peeked()), more: 1 };
    expect(await openQueued(someSeals(), message)).toEqual({ owner, item, isOwnerErased: false });
    expect(await openQueued(someSeals(), JSON.stringify(message))).toEqual({
      owner,
      item,
      isOwnerErased: false,
    });
  });

  it("R18 waits for at most a week", async () => {
    await put(aNewOwner(), anAnnouncement());
    const { peekedMessageItems: messages } = await own.queue.peekMessages();
    const [{ insertedOn, expiresOn } = expect.fail()] = messages;
    expect(expiresOn.getTime() - insertedOn.getTime()).toBe(7 * DAY);
  });

  it("R18 with a delay is stored, and invisible before", async () => {
    const owner = aNewOwner();
    await put(owner, aLetter({ id: "later" }), 3600);
    expect((await own.queue.peekMessages()).peekedMessageItems).toEqual([]);
    expect((await own.queue.getProperties()).approximateMessagesCount).toBe(1);
    await put(owner, aLetter({ id: "now" }), 0);
    expect((await openQueued(someSeals(), await peeked()))?.item).toMatchObject({ id: "now" });
  });

  it("R18 fits into one message for the most contacts with the longest addresses", async () => {
    const owner = aNewOwner();
    const address = `${"a".repeat(64)}@${"b".repeat(250)}.example`;
    const item = anAnnouncement({ recipients: times(10, () => ({ ...to, address })) });
    await put(owner, item);
    expect(await openQueued(someSeals(), await peeked())).toEqual({ owner, item, isOwnerErased: false });
  });

  it("R32 while the queue doesn't answer: storage-unavailable, and when to come back", async () => {
    const outbox = queueOutbox(own.sendToPoison, someSeals());
    const failure = await refusalFrom(() => outbox.put(aNewOwner(), aLetter()));
    expect(failure).toMatchObject({ kind: "storage-unavailable", details: { retryAfterSeconds: 5 } });
  });
});

/** Their key is gone, or another's in its place, as once the cooling-off is over and they have begun anew. */
const ERASED = [
  ["gone", async () => undefined],
  ["another", async (owner: OwnerId) => void (await anInstance(storage.blobs).ownerKeys.obtain(owner))],
] as const;

describe.each(ERASED)("R35 what was put there for an owner whose key is %s by now", (_, beginAnew) => {
  async function afterErasure(item: OutboxItem) {
    const owner = aNewOwner();
    await anInstance(storage.blobs).ownerKeys.obtain(owner);
    await put(owner, item);
    await storage.container.deleteBlob(`owner-keys/${owner}`);
    await beginAnew(owner);
    const opened = await openQueued(someSeals(), await peeked());
    return { owner, opened };
  }

  it.each<[string, OutboxItem]>([
    ["an alarm", anAnnouncement()],
    ["a letter of one", aLetter({ kind: "recovered" })],
  ])("R18 R35 %s is still to be told, and not to be logged", async (_, item) => {
    const { owner, opened } = await afterErasure(item);
    expect(opened).toEqual({ owner, item, isOwnerErased: true });
  });

  it.each<[string, OutboxItem]>([
    ["a code", aLetter()],
    ["what is only logged", anAnnouncement({ recipients: [] })],
    ["an entry of the log", { type: "log-entry", activity: anAnnouncement().activity }],
  ])("R35 %s went with them, and waits for nobody", async (_, item) => {
    expect((await afterErasure(item)).opened).toBeUndefined();
  });
});

it("R35 of a new incarnation is told and logged, also with the former key at hand", async () => {
  const [owner, { ownerKeys }, instance] = [aNewOwner(), anInstance(storage.blobs), someSeals()];
  await instance.ownerKeys.obtain(owner);
  await storage.container.deleteBlob(`owner-keys/${owner}`);
  await ownerKeys.obtain(owner);
  await put(owner, anAnnouncement());
  expect(await openQueued(instance, await peeked())).toMatchObject({ isOwnerErased: false });
});

describe("F36 R18 what the former release has put there", () => {
  it.each<[string, OutboxItem]>([
    ["an alarm", anAnnouncement()],
    ["a letter of one", aLetter({ kind: "recovered" })],
  ])("F36 R18 %s, sealed under its owner's key, is read all the same", async (_, item) => {
    const owner = aNewOwner();
    const content = Buffer.from(JSON.stringify(item));
    const sealed = await someSeals().seal.seal(owner, contextOf("outbox", 1, owner), content);
    const message = { owner, sealed: sealed.toString("base64") };
    expect(await openQueued(someSeals(), message)).toEqual({ owner, item, isOwnerErased: false });
  });
});

describe.each([
  ["a code, under its owner's key", aLetter(), "sealed"],
  ["an alarm, which outlives its owner", anAnnouncement(), "lasting"],
] as const)("R39 what isn't what was put there is refused: %s", (_, item, member) => {
  const queued = async () => {
    const owner = aNewOwner();
    await anInstance(storage.blobs).ownerKeys.obtain(owner);
    await put(owner, item);
    const message = JSON.parse(await peeked());
    return { message, owner, sealed: Buffer.from(String(message[member]), "base64") };
  };
  const open = (message: unknown, seals = someSeals()) => told(() => openQueued(seals, message));

  it("F8 R39 any byte changed, cut off or added", async () => {
    const { message, sealed } = await queued();
    const seals = someSeals();
    expect(await open(message, seals)).toBe("opened");
    for (const damaged of damagesOf(sealed)) {
      expect(await open({ ...message, [member]: damaged.toString("base64") }, seals)).toBe(refused);
    }
  });

  it("F9 R33 R39 in another owner's name, under the other kind of key, or as something else of the owner's", async () => {
    const [{ message, owner, sealed }, other] = [await queued(), aNewOwner()];
    const { activity, seal, ownerKeys } = anInstance(storage.blobs);
    await ownerKeys.obtain(other);
    const { name: incarnation } = (await seal.incarnation(other)) ?? expect.fail("no key");
    expect(await open({ ...message, owner: other, incarnation })).toBe(refused);
    const { sealed: own, lasting, ...rest } = message;
    expect(await open({ ...rest, sealed: lasting, lasting: own })).toBe(refused);
    const { name } = (await seal.incarnation(owner)) ?? expect.fail("no key");
    await storage.blobs.write(`activity/${owner}/${name}/anchor`, { content: sealed }, undefined);
    expect(await told(() => activity.read(owner))).toBe(refused);
  });
});

it("R39 an alarm of another incarnation of its owner's is refused", async () => {
  await put(aNewOwner(), anAnnouncement());
  const message = { ...JSON.parse(await peeked()), incarnation: "a".repeat(22) };
  expect(await told(() => openQueued(someSeals(), message))).toBe(refused);
});

describe("R39 what can't have been put there is refused", () => {
  const open = (message: unknown) => told(() => openQueued(someSeals(), message));

  it.each<[string, unknown]>([
    ["no JSON", "canary"],
    ["nothing", undefined],
    ["a list", []],
    ["no owner", { sealed: "AAAA" }],
    ["an owner that can't be one", { owner: "canary", sealed: "AAAA" }],
    ["not sealed", { owner: aNewOwner(), item: aLetter() }],
    ["sealed in another spelling", { owner: aNewOwner(), sealed: "-_-_" }],
  ])("R39 %s", async (_, message) => {
    expect(await open(message)).toBe(refused);
    expect(await open(JSON.stringify(message))).toBe(refused);
  });
});

describe("R42 how many messages wait", () => {
  let time = now;
  const counts = () => queueCounts(own.queue, own.poison, () => time);

  it("R42 waiting, delayed and given up ones; the poison queue may be missing", async () => {
    expect(await counts()()).toEqual({ waiting: 0, failed: 0 });
    await put(aNewOwner(), aLetter());
    await put(aNewOwner(), aLetter(), 3600);
    await own.poison.create();
    await own.poison.sendMessage("x");
    expect(await counts()()).toEqual({ waiting: 2, failed: 1 });
  });

  it("F28 R42 asked at most every ten seconds, however often it is wanted", async () => {
    const ask = counts();
    const first = await Promise.all(times(20, ask));
    expect(new Set(first).size).toBe(1);
    await put(aNewOwner(), aLetter());
    time = later(now, 9_999);
    expect(await ask()).toEqual({ waiting: 0, failed: 0 });
    time = later(now, 10_000);
    expect(await ask()).toEqual({ waiting: 1, failed: 0 });
    time = now;
  });

  it("R32 R42 undefined while nobody answers", async () => {
    const service = new QueueServiceClient("http://127.0.0.1:9/x", undefined, {
      retryOptions: { maxTries: 1 },
    });
    const silent = service.getQueueClient("x");
    expect(await queueCounts(silent, silent, () => now)()).toBeUndefined();
  });
});
