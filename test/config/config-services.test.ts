/** Settings of queue, messages, providers and accounts: each bad one is named and never quoted. */
import { readFile } from "node:fs/promises";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { holds } from "../domain/holds.ts";
import { anIssuer, azurite, load, messageFor, named, required } from "./sample-settings.ts";

const queueAt = (endpoint: string) => azurite(endpoint).replace("BlobEndpoint", "QueueEndpoint");
const stand = (endpoint: string) => `endpoint=${endpoint};accesskey=a2V5`;
const aProvider = (change: object = {}) =>
  JSON.stringify([{ clientId: "contoso", accounts: [{ issuer: "https://sts.example" }], ...change }]);
const URI = "QUEUE_STORAGE__queueServiceUri";

/** Allows development addresses. */
const laptop = { PUBLIC_BASE_URL: "http://127.0.0.1:7071/api" };

describe("R42 safe settings pass", () => {
  it("R16 R19 R20 R21 R23 with the defaults that are documented", () => {
    const { crossPlatformRecovery, contactCoolingOffHours, accountSignInMaxAgeSeconds } = load();
    expect({ crossPlatformRecovery, contactCoolingOffHours, accountSignInMaxAgeSeconds }).toEqual({
      crossPlatformRecovery: "portable",
      contactCoolingOffHours: 72,
      accountSignInMaxAgeSeconds: 300,
    });
    const { ticketSeconds, printedTicketDays, smsDailyLimits, providers, senders, issuers } = load();
    expect({ ticketSeconds, printedTicketDays, providers }).toEqual({
      ticketSeconds: 600,
      printedTicketDays: 365,
      providers: [],
    });
    expect([...smsDailyLimits]).toEqual([["*", 1000]]);
    expect(senders).toEqual({
      service: { url: required.COMMUNICATION_SERVICE },
      email: required.EMAIL_SENDER,
      sms: undefined,
    });
    expect(issuers).toMatchObject([{ accountClaim: "preferred_username" }]);
  });

  it("R42 the queue: its https address; on loopback also a connection string, which then counts", () => {
    expect(load().queue).toEqual({ url: required[URI] });
    for (const host of ["127.0.0.1", "localhost", "[::1]"]) {
      const connectionString = queueAt(`http://${host}:10001/devstoreaccount1`);
      for (const url of [undefined, required[URI]]) {
        expect(load({ ...laptop, QUEUE_STORAGE: connectionString, [URI]: url }).queue).toEqual({
          connectionString,
        });
      }
      expect(load({ ...laptop, [URI]: `http://${host}:10001/devstoreaccount1` }).queue).toHaveProperty("url");
    }
    expect(
      load({ ...laptop, QUEUE_STORAGE: "QueueEndpoint=http://127.0.0.1:10001/devstoreaccount1" }).queue,
    ).toHaveProperty("connectionString");
  });

  it("R18 R42 messages: the https address; on loopback a stand-in's connection string", () => {
    for (const endpoint of ["http://127.0.0.1:7073/", "http://localhost:7073", "https://[::1]:7073/"]) {
      const service = { connectionString: stand(endpoint) };
      expect(load({ ...laptop, COMMUNICATION_SERVICE: stand(endpoint) }).senders.service).toEqual(service);
    }
    expect(load({ SMS_SENDER: "+46700000000" }).senders.sms).toBe("+46700000000");
  });

  it("F30 R42 development addresses stop a service that others can reach", () => {
    const settings = {
      BACKUPS_STORAGE: "BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1",
      QUEUE_STORAGE: queueAt("http://127.0.0.1:10001/devstoreaccount1"),
      COMMUNICATION_SERVICE: stand("http://127.0.0.1:7073/"),
      KEY_IDS: `http://127.0.0.1:7074/keys/backups/${"a".repeat(32)}`,
    };
    for (const name of Object.keys(settings)) {
      expect(() => load(settings)).toThrow(`${name}: must not be a development address`);
    }
    for (const issuer of [
      "https://*.example",
      "https://login.example/common/v2.0",
      "https://u:p@login.example",
    ]) {
      const issuers = JSON.stringify([{ issuer, audience: "api://x", role: "recovery" }]);
      expect(() => load({ IDENTITY_ISSUERS: issuers })).toThrow("IDENTITY_ISSUERS.0.issuer");
    }
  });

  it("R24 limits by calling code, with and without one for all others", () => {
    expect([...load({ SMS_DAILY_LIMITS: "46:5000, 1:0 ,*:100" }).smsDailyLimits]).toEqual([
      ["46", 5000],
      ["1", 0],
      ["*", 100],
    ]);
    expect([...load({ SMS_DAILY_LIMITS: "46:5000" }).smsDailyLimits]).toEqual([["46", 5000]]);
  });

  it("R20 R33 providers with and without tenants; the claim that names an account, per issuer", () => {
    const accounts = [
      { issuer: "https://sts.example", tenants: ["contoso"] },
      { issuer: "https://p.example" },
    ];
    expect(load({ PROVIDERS: aProvider({ accounts }) }).providers).toEqual([
      { clientId: "contoso", accounts },
    ]);
    const { issuers } = load({ IDENTITY_ISSUERS: anIssuer({ accountClaim: "email" }) });
    expect(issuers).toMatchObject([{ accountClaim: "email" }]);
  });

  it("R42 the sample for local settings, on loopback, names all that the app needs", async () => {
    const Sample = z.object({ Values: z.record(z.string(), z.string()) });
    const text = await readFile(new URL("../../local.settings.sample.json", import.meta.url), "utf8");
    expect(messageFor(Sample.parse(JSON.parse(text)).Values)).toBe("");
  });
});

const outside: [string, string, string][] = [
  ["http outside loopback", "COMMUNICATION_SERVICE", "http://messages.example"],
  ["http on loopback without a key", "COMMUNICATION_SERVICE", "http://127.0.0.1:7073"],
  ["a host that only begins like loopback", "COMMUNICATION_SERVICE", stand("http://127.0.0.1.example")],
  ["loopback for a user name", "COMMUNICATION_SERVICE", stand("http://127.0.0.1@messages.example")],
  ["another address of this machine", "COMMUNICATION_SERVICE", stand("http://0.0.0.0:7073")],
  ["a connection string outside loopback", "COMMUNICATION_SERVICE", stand("https://messages.example/")],
  ["two endpoints", "COMMUNICATION_SERVICE", `${stand("http://127.0.0.1:1")};endpoint=https://evil.example`],
  [
    "an endpoint before it",
    "COMMUNICATION_SERVICE",
    `endpoint=https://evil.example;${stand("http://127.0.0.1")}`,
  ],
  ["no key", "COMMUNICATION_SERVICE", "endpoint=http://127.0.0.1:7073/;accesskey="],
  ["a query", "COMMUNICATION_SERVICE", "https://messages.example?key=x"],
  ["no address", "COMMUNICATION_SERVICE", "messages.example"],
  ["http outside loopback", URI, "http://backups.queue.core.windows.net"],
  ["a signed address", URI, "https://backups.queue.core.windows.net?sv=1&sig=x"],
  ["another scheme", URI, "ftp://127.0.0.1:10001"],
  ["an empty address", URI, ""],
  [
    "a connection string outside loopback",
    "QUEUE_STORAGE",
    queueAt("https://backups.queue.core.windows.net"),
  ],
  ["the blobs' endpoint alone", "QUEUE_STORAGE", azurite("http://127.0.0.1:10000/devstoreaccount1")],
  [
    "a second endpoint outside loopback",
    "QUEUE_STORAGE",
    `queueendpoint=http://127.0.0.1:1;${queueAt("https://evil.example")}`,
  ],
  ["an address instead of a connection string", "QUEUE_STORAGE", "https://backups.queue.core.windows.net"],
  [
    "development storage behind a proxy",
    "QUEUE_STORAGE",
    "UseDevelopmentStorage=true;DevelopmentStorageProxyUri=x",
  ],
];

const malformed: [string, string, string | undefined][] = [
  ["missing", "COMMUNICATION_SERVICE", undefined],
  ["missing", "EMAIL_SENDER", undefined],
  ["no address", "EMAIL_SENDER", "no-reply"],
  ["two addresses", "EMAIL_SENDER", "a@b.example, c@d.example"],
  ["empty", "SMS_SENDER", ""],
  ["another rule", "CROSS_PLATFORM_RECOVERY", "allow"],
  ["capitals", "CROSS_PLATFORM_RECOVERY", "Deny"],
  ...[
    "",
    "46",
    "46:",
    ":100",
    "46:-1",
    "46:1.5",
    "46:1e3",
    "+46:100",
    "046:100",
    "4600:100",
    "**:1",
    "46:1;47:2",
    "46:1,",
  ].map((value): [string, string, string] => [JSON.stringify(value), "SMS_DAILY_LIMITS", value]),
  ["more than can be counted", "SMS_DAILY_LIMITS", "46:99999999"],
  ["no JSON", "PROVIDERS", "contoso"],
  ["no list", "PROVIDERS", "{}"],
  ["no client", "PROVIDERS", aProvider({ clientId: undefined })],
  ["an empty client", "PROVIDERS", aProvider({ clientId: "" })],
  ["no accounts", "PROVIDERS", aProvider({ accounts: undefined })],
  ["an account without issuer", "PROVIDERS", aProvider({ accounts: [{ tenants: ["contoso"] }] })],
  [
    "an empty tenant",
    "PROVIDERS",
    aProvider({ accounts: [{ issuer: "https://sts.example", tenants: [""] }] }),
  ],
  ["tenants that are text", "PROVIDERS", aProvider({ accounts: [{ issuer: "i", tenants: "contoso" }] })],
  ["an unknown member", "PROVIDERS", aProvider({ roles: ["Codes.Verify"] })],
  ["an empty claim", "IDENTITY_ISSUERS", anIssuer({ accountClaim: "" })],
  ["a claim that is no text", "IDENTITY_ISSUERS", anIssuer({ accountClaim: ["email"] })],
  ["more than ten minutes", "TICKET_SECONDS", "601"],
  ["more days than a date can hold", "PRINTED_TICKET_DAYS", "36501"],
  ...[
    "TICKET_SECONDS",
    "PRINTED_TICKET_DAYS",
    "CONTACT_COOLING_OFF_HOURS",
    "ACCOUNT_SIGN_IN_MAX_AGE_SECONDS",
  ].flatMap((name) =>
    ["0", "-1", "1.5", "1e2", "010", " 10", "ten", ""].map((value): [string, string, string] => [
      JSON.stringify(value),
      name,
      value,
    ]),
  ),
];

describe("R42 unsafe and malformed settings stop the app", () => {
  it.each(outside)("R42 %s: %s", (_, name, value) => expect(named({ [name]: value })).toContain(name));
  it.each(malformed)("R42 %s: %s", (_, name, value) => expect(named({ [name]: value })).toEqual([name]));

  it("R42 one of the queue's two settings is needed, and the one for Azure is named", () => {
    expect(named({ [URI]: undefined })).toEqual([URI]);
    expect(messageFor({ ...required, [URI]: undefined })).toContain(
      "on loopback, QUEUE_STORAGE may be set instead",
    );
  });

  it("R21 a ticket lasts at most ten minutes", () => {
    expect(load({ TICKET_SECONDS: "600" }).ticketSeconds).toBe(600);
    expect(messageFor({ ...required, TICKET_SECONDS: "601" })).toContain("must not be more than 600");
  });

  it("R34 never repeats a setting's value, whatever is wrong with it", () => {
    const marker = "canary-8c1b";
    const around = fc.constantFrom(
      (text: string) => text,
      (text: string) => `http://${text}.example`,
      (text: string) => `https://${text}.example/?sig=${text}`,
      (text: string) => stand(`https://${text}.example`).replace("a2V5", text),
      (text: string) => queueAt(`https://${text}.example`).replace("a2V5", text),
      (text: string) => `${text}:${text},46:${text}`,
      (text: string) => aProvider({ clientId: [text], more: text }),
      (text: string) => anIssuer({ accountClaim: [text], role: text }),
    );
    const names = fc.constantFrom(...new Set([...outside, ...malformed].map(([, name]) => name)));
    holds(
      fc.property(fc.dictionary(names, around, { minKeys: 1 }), (chosen) => {
        const values = Object.fromEntries(Object.entries(chosen).map(([name, wrap]) => [name, wrap(marker)]));
        expect(messageFor({ ...required, ...values })).not.toContain(marker);
      }),
      500,
    );
  });
});
