/** Queue triggers of the local host, on the stack's Azurite. */
import { randomUUID } from "node:crypto";
import { QueueServiceClient } from "@azure/storage-queue";
import { expect, inject, test, vi } from "vitest";
import * as z from "zod";
import { type StartedHost, startHost } from "./host-app/start-host.ts";

const soon = { timeout: 10_000, interval: 20 };
const connectionString = inject("surroundings").settings["AzureWebJobsStorage"] ?? "";
const service = QueueServiceClient.fromConnectionString(connectionString);

const Got = z.looseObject({ entry: z.unknown(), id: z.string(), dequeueCount: z.int() });

const base64 = (message: unknown) =>
  Buffer.from(typeof message === "string" ? message : JSON.stringify(message)).toString("base64");

async function aQueue() {
  const client = service.getQueueClient(`test-${randomUUID()}`);
  await client.create();
  const poison = service.getQueueClient(`${client.name}-poison`);
  const left = async () => (await client.getProperties()).approximateMessagesCount;
  const isEmpty = () => vi.waitFor(async () => expect(await left()).toBe(0), soon);
  return { client, poison, isEmpty, send: (message: unknown) => client.sendMessage(base64(message)) };
}

const serve = (queue: string, settings: Record<string, string> = {}) =>
  startHost("queues", { QUEUE: queue, QUEUES: connectionString, ...settings });

/** Waits until the functions have got exactly `count` messages, and returns them. */
const got = (count: number, ...hosts: StartedHost[]) =>
  vi.waitFor(() => {
    const lines = hosts.flatMap((host) => host.lines).filter((line) => line.startsWith("got "));
    expect(lines).toHaveLength(count);
    return lines.map((line) => Got.parse(JSON.parse(line.slice(4))));
  }, soon);

test("R42 a message arrives parsed, with its metadata, and is deleted after the function", async () => {
  const { client, send, isEmpty } = await aQueue();
  const { messageId } = await send({ kind: "code", to: ["anna"] });
  await using host = await serve(client.name);
  await isEmpty();
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+\+00:00$/);
  expect(await got(1, host)).toEqual([
    {
      entry: { kind: "code", to: ["anna"] },
      queueTrigger: { kind: "code", to: ["anna"] },
      id: messageId,
      dequeueCount: 1,
      insertionTime: time,
      expirationTime: time,
      nextVisibleTime: time,
      popReceipt: expect.any(String),
    },
  ]);
});

test("R42 text that is no JSON arrives as it is", async () => {
  const { client, send, isEmpty } = await aQueue();
  await send("hällo\nworld");
  await using host = await serve(client.name);
  await isEmpty();
  expect(await got(1, host)).toMatchObject([{ entry: "hällo\nworld" }]);
});

test("R42 a message whose function fails comes again, counted, until it succeeds", async () => {
  const { client, poison, send, isEmpty } = await aQueue();
  await send({ fail: 2 });
  await using host = await serve(client.name);
  await isEmpty();
  expect(await got(3, host)).toMatchObject(
    [1, 2, 3].map((dequeueCount) => ({ entry: { fail: 2 }, dequeueCount })),
  );
  expect({ isPoison: await poison.exists() }).toEqual({ isPoison: false });
});

test("R42 a message that fails too often is moved to the poison queue and kept there", async () => {
  const { client, poison, send, isEmpty } = await aQueue();
  await send({ fail: 99 });
  await using host = await serve(client.name);
  await host.line("reached MaxDequeueCount of 3");
  await isEmpty();
  await got(3, host);
  const { peekedMessageItems } = await poison.peekMessages();
  expect(peekedMessageItems).toMatchObject([{ messageText: base64({ fail: 99 }), dequeueCount: 0 }]);
});

test("R42 a message in another encoding is poison at once", async () => {
  const { client, poison, isEmpty } = await aQueue();
  await client.sendMessage('{"plain":true}');
  await using host = await serve(client.name);
  await host.line("Message is not base64");
  await isEmpty();
  await got(0, host);
  expect((await poison.peekMessages()).peekedMessageItems).toMatchObject([{ messageText: '{"plain":true}' }]);
});

test("R42 two hosts share a queue and each message is run once", async () => {
  const { client, send, isEmpty } = await aQueue();
  await using first = await serve(client.name);
  await using second = await serve(client.name);
  const sent = await Promise.all(Array.from({ length: 60 }, (_, n) => send({ n })));
  await isEmpty();
  const ids = (await got(60, first, second)).map(({ id }) => id);
  expect(ids.toSorted()).toEqual(sent.map(({ messageId }) => messageId).toSorted());
});

test("R42 a missing queue is reported once, and served when it has been created", async () => {
  const client = service.getQueueClient(`test-${randomUUID()}`);
  await using host = await serve(client.name);
  await host.line("can't be read (QueueNotFound)");
  await client.create();
  await client.sendMessage(base64({ late: true }));
  await host.line('"late":true');
  expect(host.lines.filter((line) => line.includes("can't be read"))).toHaveLength(1);
});

test("R42 a storage that is down is reported, and the host serves on", async () => {
  const account = `AccountName=devstoreaccount1;AccountKey=${base64("not the key")}`;
  const down = `DefaultEndpointsProtocol=http;${account};QueueEndpoint=http://127.0.0.1:9/devstoreaccount1`;
  await using host = await serve("any", { QUEUES: down });
  await host.line("can't be read (ECONNREFUSED)");
  expect((await fetch(`${host.url}/`)).status).toBe(404);
});

test("R42 a batch of messages runs in parallel", async () => {
  const { client, send, isEmpty } = await aQueue();
  await Promise.all(Array.from({ length: 16 }, () => send({ together: 16 })));
  await using host = await serve(client.name);
  await isEmpty();
  await got(16, host);
});

test("R42 a host that is told to end finishes running messages and takes no new ones", async () => {
  const { client, send } = await aQueue();
  await send({ hold: true });
  await using host = await serve(client.name);
  await host.line('"hold":true');
  host.process.kill("SIGTERM");
  await vi.waitFor(() => expect(fetch(host.url)).rejects.toThrow(), soon);
  await send({ late: true });
  host.process.stdin.write("go on\n");
  expect((await host.ended).code).toBe(0);
  const { receivedMessageItems } = await client.receiveMessages({ numberOfMessages: 32 });
  expect(receivedMessageItems).toMatchObject([{ messageText: base64({ late: true }) }]);
  await got(1, host);
});

test("R42 a function without its storage is in error, the others run", async () => {
  await using host = await serve("any");
  await host.line("'no-connection' function is in error: there is no setting NOT_SET");
});
