/** The mailbox as the SDKs of Communication Services see it. */
import { randomUUID } from "node:crypto";
import { EmailClient } from "@azure/communication-email";
import { SmsClient, type SmsClientOptions } from "@azure/communication-sms";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { emailAddress } from "../../../lib/http/address.ts";
import { aMailbox, anEmail, aText, overHttp, sender } from "./a-mailbox.ts";

type Policy = NonNullable<SmsClientOptions["additionalPolicies"]>[number]["policy"];

let mailbox: Awaited<ReturnType<typeof aMailbox>>;
beforeAll(async () => {
  mailbox = await aMailbox();
});
afterAll(() => mailbox.close());
beforeEach(() => mailbox.empty());

describe("R42 the mailbox speaks the email SDK's language", () => {
  it("takes an email and tells that it is sent", async () => {
    const poller = await mailbox.mail.beginSend(anEmail());
    expect(poller.getOperationState()).toMatchObject({ status: "succeeded" });
    const result = await poller.pollUntilDone();
    expect(result).toMatchObject({ id: expect.any(String), status: "Succeeded" });
    expect(await mailbox.messages()).toMatchObject([
      {
        channel: "email",
        from: sender,
        to: "anna@example.com",
        subject: "Your code",
        text: "Your code is 12345.",
      },
    ]);
  });

  it("R19 takes every address that contacts may have", async () => {
    const address = emailAddress("anna&b/c=d!e@räucher.テスト");
    await (await mailbox.mail.beginSend(anEmail(address))).pollUntilDone();
    expect((await mailbox.messages()).map(({ to }) => to)).toEqual([address]);
  });

  it("keeps one entry per recipient, newest first", async () => {
    const to = [{ address: "anna@example.com", displayName: "Anna" }, { address: "bea@example.com" }];
    await mailbox.mail.beginSend({ ...anEmail(), recipients: { to } });
    const entries = await mailbox.messages();
    expect(entries.map((entry) => entry.to)).toEqual(["bea@example.com", "anna@example.com"]);
  });

  it("sends an email once if it is sent again under one operation id", async () => {
    const operationId = randomUUID();
    for (const id of [operationId, operationId.toUpperCase()]) {
      const poller = await mailbox.mail.beginSend(anEmail(), { operationId: id });
      expect(await poller.pollUntilDone()).toMatchObject({ id: operationId });
    }
    expect(await mailbox.messages()).toHaveLength(1);
  });

  it.each([
    ["no recipient", { ...anEmail(), recipients: { to: [] } }],
    ["no address", anEmail("anna")],
    ["no text", anEmail(undefined, "")],
    ["HTML", { ...anEmail(), content: { subject: "News", html: "<p>Hello</p>" } }],
  ])("refuses an email with %s", async (_, email) => {
    const refusal = { statusCode: 400, code: "BadRequest", message: expect.any(String) };
    await expect(mailbox.mail.beginSend(email)).rejects.toMatchObject(refusal);
    expect(await mailbox.messages()).toEqual([]);
  });
});

describe("R42 the mailbox speaks the SMS SDK's language", () => {
  it("takes a text message for each number, refuses a wrong number by itself", async () => {
    const results = await mailbox.phone.send(aText("+46701234567", "0701234567", "+46707654321"));
    expect(results).toMatchObject([
      { to: "+46701234567", successful: true, httpStatusCode: 202, messageId: expect.any(String) },
      { to: "0701234567", successful: false, httpStatusCode: 400, errorMessage: expect.any(String) },
      { to: "+46707654321", successful: true },
    ]);
    const sent = { channel: "sms", from: "+46700000000", text: "Your code is 12345." };
    expect(await mailbox.messages()).toMatchObject([
      { ...sent, to: "+46707654321" },
      { ...sent, to: "+46701234567" },
    ]);
  });

  it("sends a text once if it is sent again under one repeatability id", async () => {
    const repeatabilityRequestId = randomUUID();
    const again = new SmsClient(mailbox.connectionString, {
      ...overHttp,
      additionalPolicies: [{ position: "perCall", policy: underId(repeatabilityRequestId) }],
    });
    const [first] = await again.send(aText("+46701234567"));
    const [second] = await again.send(aText("+46701234567"));
    expect(second).toEqual(first);
    expect(await mailbox.messages()).toHaveLength(1);
  });

  it.each([
    ["no number", aText()],
    ["too long a text", { ...aText("+46701234567"), message: "x".repeat(2049) }],
    ["no sender", { ...aText("+46701234567"), from: "" }],
  ])("refuses a text message with %s", async (_, message) => {
    await expect(mailbox.phone.send(message)).rejects.toMatchObject({ statusCode: 400 });
    expect(await mailbox.messages()).toEqual([]);
  });
});

/** The SDK makes a new id for each call; a client of our own gives it the same one again in this way. */
const underId = (repeatabilityRequestId: string): Policy => ({
  name: "underId",
  async sendRequest(request, next) {
    const body = JSON.parse(String(request.body));
    for (const recipient of body.smsRecipients) recipient.repeatabilityRequestId = repeatabilityRequestId;
    request.body = JSON.stringify(body);
    return next(request);
  },
});

describe("R42 the mailbox accepts only calls signed with its key", () => {
  const denied = { statusCode: 401, code: "Denied", message: "Denied by the resource provider." };
  const onTheWay = (change: Policy["sendRequest"]) =>
    new EmailClient(mailbox.connectionString, {
      ...overHttp,
      additionalPolicies: [{ position: "perRetry", policy: { name: "onTheWay", sendRequest: change } }],
    });

  it("refuses another key", async () => {
    const key = Buffer.from("another key").toString("base64");
    const stranger = `endpoint=${mailbox.url}/;accesskey=${key}`;
    await expect(new EmailClient(stranger, overHttp).beginSend(anEmail())).rejects.toMatchObject(denied);
    const refused = new SmsClient(stranger, overHttp).send(aText("+46701234567"));
    await expect(refused).rejects.toMatchObject({ statusCode: 401 });
    expect(await mailbox.messages()).toEqual([]);
  });

  it.each([
    ["body", { body: JSON.stringify(anEmail("eve@example.com")) }],
    ["address", { url: "/emails:send?api-version=2023-03-31" }],
    ["date", { date: new Date(Date.now() + 5_000).toUTCString() }],
    ["hash", { hash: "" }],
  ])("refuses a changed %s", async (_, { body, url, date, hash }: Record<string, string | undefined>) => {
    const changed = onTheWay((request, next) => {
      if (body) request.body = body;
      if (url) request.url = `${mailbox.url}${url}`;
      if (date) request.headers.set("x-ms-date", date);
      if (hash !== undefined) request.headers.set("x-ms-content-sha256", hash);
      return next(request);
    });
    await expect(changed.beginSend(anEmail())).rejects.toMatchObject(denied);
    expect(await mailbox.messages()).toEqual([]);
  });

  it("refuses an outdated signature, and an unsigned call", async () => {
    let signed: RequestInit = {};
    const overheard = onTheWay((request, next) => {
      const { method, body } = request;
      if (method === "POST") signed = { method, headers: request.headers.toJSON(), body: String(body) };
      return next(request);
    });
    await overheard.beginSend(anEmail());
    const url = `${mailbox.url}/emails:send?api-version=2025-09-01`;
    expect((await fetch(url, signed)).status).toBe(202);
    vi.setSystemTime(Date.now() + 3_600_000);
    expect((await fetch(url, signed)).status).toBe(401);
    vi.useRealTimers();
    expect((await mailbox.call("POST", "sms?api-version=2021-03-07", "{}")).status).toBe(401);
  });
});
