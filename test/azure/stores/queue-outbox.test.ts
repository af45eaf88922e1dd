/** The outbox as a queue: items come out unchanged, later if delayed; anything else is refused. */
import { QueueServiceClient } from "@azure/storage-queue";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openQueued, queueCounts, queueOutbox } from "../../../lib/azure/stores/queue-outbox.ts";
import { DAY, later } from "../../../lib/domain/clock.ts";
import type { Announcement, Letter, OutboxItem } from "../../../lib/domain/messages/announcement.ts";
import type { OwnerId } from "../../../lib/domain/owner.ts";
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
const aSeal = () => anInstance(storage.blobs).seal;
const put = (owner: OwnerId, item: OutboxItem, delaySeconds?: number) =>
  queueOutbox(own.send, aSeal()).put(owner, item, delaySeconds);

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
      expect(await openQueued(aSeal(), text)).toEqual({ owner, item });
      expect(await openQueued(aSeal(), JSON.parse(text))).toEqual({ owner, item });
    },
  );

  it("R18 comes out with what only a newer version knows, in it and beside it", async () => {
    const owner = aNewOwner();
    const item = { ...aLetter(), more: "canary" };
    await put(owner, item);
    const message = { ...JSON.parse(await peeked()), more: 1 };
    expect(await openQueued(aSeal(), message)).toEqual({ owner, item });
    expect(await openQueued(aSeal(), JSON.stringify(message))).toEqual({ owner, item });
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
    expect((await openQueued(aSeal(), await peeked()))?.item).toMatchObject({ id: "now" });
  });

  it("R18 fits into one message for the most contacts with the longest addresses", async () => {
    const owner = aNewOwner();
    const address = `${"a".repeat(64)}@${"b".repeat(250)}.example`;
    const item = anAnnouncement({ recipients: times(10, () => ({ ...to, address })) });
    await put(owner, item);
    expect(await openQueued(aSeal(), await peeked())).toEqual({ owner, item });
  });

  it("R32 while the queue doesn't answer: storage-unavailable, and when to come back", async () => {
    const outbox = queueOutbox(own.sendToPoison, aSeal());
    const failure = await refusalFrom(() => outbox.put(aNewOwner(), aLetter()));
    expect(failure).toMatchObject({ kind: "storage-unavailable", details: { retryAfterSeconds: 5 } });
  });
});

describe("R39 anything else than what was put there is refused", () => {
  const queued = async () => {
    const owner = aNewOwner();
    await put(owner, aLetter());
    const { sealed } = JSON.parse(await peeked());
    return { owner, sealed: Buffer.from(String(sealed), "base64") };
  };
  const open = (message: unknown, seal = aSeal()) => told(() => openQueued(seal, message));

  it("F8 R39 any byte changed, cut off or added", async () => {
    const { owner, sealed } = await queued();
    const seal = aSeal();
    expect(await open({ owner, sealed: sealed.toString("base64") }, seal)).toBe("opened");
    for (const damaged of damagesOf(sealed)) {
      expect(await open({ owner, sealed: damaged.toString("base64") }, seal)).toBe(refused);
    }
  });

  it("F9 R33 R39 in another owner's name, or as something else of the owner's", async () => {
    const [{ owner, sealed }, other] = [await queued(), aNewOwner()];
    const { activity, seal: own } = anInstance(storage.blobs);
    await anInstance(storage.blobs).ownerKeys.obtain(other);
    expect(await open({ owner: other, sealed: sealed.toString("base64") })).toBe(refused);
    const { name } = (await own.incarnation(owner)) ?? expect.fail("no key");
    await storage.blobs.write(`activity/${owner}/${name}/anchor`, { content: sealed }, undefined);
    expect(await told(() => activity.read(owner))).toBe(refused);
  });

  it("R35 once the owner's key is gone it no longer opens, and is dropped", async () => {
    const { owner, sealed } = await queued();
    await storage.container.deleteBlob(`owner-keys/${owner}`);
    expect(await openQueued(aSeal(), { owner, sealed: sealed.toString("base64") })).toBeUndefined();
  });

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
