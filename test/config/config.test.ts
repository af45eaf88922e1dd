/** Settings: safe ones pass, every other one is named at start, all at once, and never quoted. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { holds } from "../domain/holds.ts";
import { anIssuer, azurite, keyId, load, messageFor, named, required, version } from "./sample-settings.ts";

const pinned = (change: object = {}) =>
  JSON.stringify({
    keys: [{ kid: keyId, kty: "RSA", n: Buffer.alloc(384, 255).toString("base64url"), e: "AQAB", ...change }],
  });

/** Allows development addresses. */
const laptop = { PUBLIC_BASE_URL: "http://127.0.0.1:7071/api" };

/** All well-formed, but unfit for a service that others can reach. */
const development = {
  IDENTITY_ISSUERS: anIssuer({ issuer: "http://127.0.0.1:7072" }),
  BACKUPS_STORAGE: azurite("http://127.0.0.1:10000/devstoreaccount1"),
  KEYS_STORAGE: azurite("http://127.0.0.1:10000/devstoreaccount1"),
  KEY_IDS: `http://127.0.0.1:7074/keys/backups/${version}`,
  QUEUE_STORAGE: "QueueEndpoint=http://127.0.0.1:10001/devstoreaccount1",
  QUEUE_STORAGE__queueServiceUri: "http://127.0.0.1:10001/devstoreaccount1",
  COMMUNICATION_SERVICE: "endpoint=http://127.0.0.1:7073/;accesskey=a2V5",
  METRICS_COLLECTOR: "http://127.0.0.1:4318",
  NODE_DEBUG: "http",
};

describe("R42 safe settings pass", () => {
  it("R4 R10 R27 R30 R35 with the defaults that are documented", () => {
    const { minimumAppVersion, signInMaxAgeSeconds, historyLength, erasureDelayHours, staleness } = load();
    expect({
      minimumAppVersion,
      signInMaxAgeSeconds,
      historyLength,
      erasureDelayHours,
      staleness,
    }).toEqual({
      minimumAppVersion: { ios: "5.7.0", android: "6.6.0" },
      signInMaxAgeSeconds: 600,
      historyLength: 10,
      erasureDelayHours: 72,
      staleness: {
        signInAgingDays: 60,
        signInStaleDays: 90,
        uploadAgingDays: 120,
        uploadStaleDays: 180,
        undeleteDays: 30,
        retiredKeyIds: [],
      },
    });
  });

  it("R42 on loopback plain http and a connection string are allowed", () => {
    for (const host of ["127.0.0.1", "localhost", "[::1]"]) {
      const BACKUPS_STORAGE = azurite(`http://${host}:10000/devstoreaccount1`);
      const config = load({
        PUBLIC_BASE_URL: `http://${host}:7071/api`,
        IDENTITY_ISSUERS: anIssuer({ issuer: `http://${host}:7072` }),
        BACKUPS_STORAGE,
        KEYS_STORAGE: BACKUPS_STORAGE,
        KEY_IDS: `http://${host}:7074/keys/backups/${version}`,
      });
      expect(config.storage.backups).toEqual({ connectionString: BACKUPS_STORAGE });
    }
    expect(
      load({ ...laptop, BACKUPS_STORAGE: "BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1" }).storage
        .backups,
    ).toHaveProperty("connectionString");
  });

  it("R38 several keys, retired ones and pinned ones", () => {
    const { vault, staleness } = load({
      KEY_IDS: ` ${keyId} , ${keyId}`,
      RETIRED_KEY_IDS: keyId,
      PINNED_PUBLIC_KEYS: pinned(),
    });
    expect(vault.keyIds).toHaveLength(2);
    expect(vault.keyIds[0]).toEqual({ id: keyId, vault: "https://vault.example", name: "backups", version });
    expect(vault.pinned).toMatchObject([{ kid: keyId, e: "AQAB" }]);
    expect(staleness.retiredKeyIds).toEqual([keyId]);
  });

  it("R38 a pinned key may be any version of a key in KEY_IDS: a rotation stops no app", () => {
    const kid = keyId.replace(version, "f".repeat(32));
    expect(load({ PINNED_PUBLIC_KEYS: pinned({ kid }) }).vault.pinned).toMatchObject([{ kid }]);
  });

  it("R27 aging may begin on the day of staleness, and settings of others are left alone", () => {
    expect(
      named({ SIGN_IN_AGING_DAYS: "90", UPLOAD_AGING_DAYS: "180", AzureWebJobsStorage: "x", PATH: "/bin" }),
    ).toEqual([]);
  });
});

const unsafe: [string, string, string | undefined][] = [
  ...Object.keys(required).map((name): [string, string, undefined] => ["missing", name, undefined]),
  ...Object.keys(required).map((name): [string, string, string] => ["empty", name, ""]),
  ["http outside loopback", "PUBLIC_BASE_URL", "http://api.example/api"],
  ["a host that only begins like loopback", "PUBLIC_BASE_URL", "http://localhost.example/api"],
  ["loopback for a user name", "PUBLIC_BASE_URL", "http://127.0.0.1@api.example/api"],
  ["another address of this machine", "PUBLIC_BASE_URL", "http://0.0.0.0:7071/api"],
  ["another scheme", "PUBLIC_BASE_URL", "ftp://127.0.0.1/api"],
  ["a slash at its end", "PUBLIC_BASE_URL", "https://api.example/api/"],
  ["a query", "PUBLIC_BASE_URL", "https://api.example/api?code=1"],
  ["no URL", "PUBLIC_BASE_URL", "api.example"],
  ["no JSON", "IDENTITY_ISSUERS", "https://login.example"],
  ["no list", "IDENTITY_ISSUERS", "{}"],
  ["nobody", "IDENTITY_ISSUERS", "[]"],
  ["an issuer over http", "IDENTITY_ISSUERS", anIssuer({ issuer: "http://login.example" })],
  ["an empty audience", "IDENTITY_ISSUERS", anIssuer({ audience: "" })],
  ["no audience", "IDENTITY_ISSUERS", anIssuer({ audience: undefined })],
  ["an unknown role", "IDENTITY_ISSUERS", anIssuer({ role: "admin" })],
  ["an unknown member", "IDENTITY_ISSUERS", anIssuer({ algorithms: ["none"] })],
  ["storage over http", "BACKUPS_STORAGE", "http://backups.blob.core.windows.net"],
  ["storage over http on loopback without a connection string", "KEYS_STORAGE", "http://127.0.0.1:10000/x"],
  [
    "a connection string outside loopback",
    "BACKUPS_STORAGE",
    azurite("https://backups.blob.core.windows.net"),
  ],
  [
    "a connection string without an endpoint",
    "KEYS_STORAGE",
    "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=a2V5;EndpointSuffix=core.windows.net",
  ],
  [
    "development storage behind a proxy",
    "KEYS_STORAGE",
    "UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://proxy.example",
  ],
  ["a signed address", "KEYS_STORAGE", "https://keys.blob.core.windows.net?sv=1&sig=x"],
  ["the account of the other one", "KEYS_STORAGE", required.BACKUPS_STORAGE],
  ["a key without its version", "KEY_IDS", "https://vault.example/keys/backups"],
  ["a key with a short version", "KEY_IDS", `${keyId.slice(0, -1)}`],
  ["a vault over http", "KEY_IDS", keyId.replace("https", "http")],
  ["a key with a query", "KEY_IDS", `${keyId}?api-version=7.4`],
  ["a secret for a key", "KEY_IDS", keyId.replace("/keys/", "/secrets/")],
  ["only commas", "KEY_IDS", " , ,"],
  ["one bad key among good ones", "KEY_IDS", `${keyId},${keyId}x`],
  ["a retired key without its version", "RETIRED_KEY_IDS", "https://vault.example/keys/backups"],
  ["no JSON", "PINNED_PUBLIC_KEYS", "-----BEGIN PUBLIC KEY-----"],
  ["an elliptic key", "PINNED_PUBLIC_KEYS", pinned({ kty: "EC" })],
  ["a private key", "PINNED_PUBLIC_KEYS", pinned({ d: "AQAB" })],
  ["a key that isn't base64url", "PINNED_PUBLIC_KEYS", pinned({ n: "+/==" })],
  ["a pinned key without its version", "PINNED_PUBLIC_KEYS", pinned({ kid: keyId.slice(0, -33) })],
  ["a pinned key of another vault", "PINNED_PUBLIC_KEYS", pinned({ kid: keyId.replace("vault", "other") })],
  [
    "a pinned key of another name",
    "PINNED_PUBLIC_KEYS",
    pinned({ kid: keyId.replace("/backups/", "/others/") }),
  ],
  ["an empty client id", "AZURE_CLIENT_ID", ""],
  ["a version with letters", "MIN_APP_VERSION_IOS", "5.7.0b"],
  ["an empty version", "MIN_APP_VERSION_ANDROID", ""],
  ["aging after staleness", "SIGN_IN_AGING_DAYS", "91"],
  ["aging after staleness", "UPLOAD_AGING_DAYS", "181"],
  ...[
    "SIGN_IN_MAX_AGE_SECONDS",
    "MAX_UPLOAD_BYTES",
    "HISTORY_LENGTH",
    "UNDELETE_DAYS",
    "SIGN_IN_STALE_DAYS",
    "UPLOAD_STALE_DAYS",
  ].flatMap((name) =>
    ["0", "-1", "1.5", "1e3", "0x10", "010", " 10", "ten", "", "Infinity", "99999999999"].map(
      (value): [string, string, string] => [JSON.stringify(value), name, value],
    ),
  ),
];

describe("R42 unsafe and missing settings stop the app", () => {
  it.each(unsafe)("R42 %s: %s", (_, name, value) => {
    expect(named({ [name]: value })).toContain(name);
  });

  it("R42 names every bad setting at once, and only those", () => {
    expect(named({}, {})).toEqual(Object.keys(required).toSorted());
    const bad = {
      PUBLIC_BASE_URL: "http://api.example",
      KEY_IDS: "x",
      HISTORY_LENGTH: "0",
      PINNED_PUBLIC_KEYS: "{",
    };
    expect(named(bad)).toEqual(Object.keys(bad).toSorted());
  });

  it.each([
    ["over http", "http://api.example/api"],
    ["with a slash at its end", "https://api.example/api/"],
    ["malformed", "api.example"],
    ["empty", ""],
  ])("F30 R42 a public address that is %s hides no development address and no leftover", (_, url) => {
    const settings = { PUBLIC_BASE_URL: url, ...development };
    expect(named(settings)).toEqual(Object.keys(settings).toSorted());
  });

  it.each([
    ["has a slash at its end", `${laptop.PUBLIC_BASE_URL}/`],
    ["is missing", undefined],
  ])("R42 a laptop whose own address %s is told only that", (_, url) => {
    expect(named({ ...development, PUBLIC_BASE_URL: url })).toEqual(["PUBLIC_BASE_URL"]);
  });

  it("R34 never repeats a setting's value, whatever is wrong with it", () => {
    const marker = "canary-5d2e";
    const names = [...new Set(unsafe.map(([, name]) => name))];
    const around = fc.constantFrom(
      (text: string) => text,
      (text: string) => `http://${text}.example`,
      (text: string) => `https://${text}.example/?sig=${text}`,
      (text: string) => azurite(`https://${text}.example`).replace("a2V5", text),
      (text: string) => `{"keys":[{"kid":"${text}","kty":"${text}","n":"${text}!","e":"${text}"}]}`,
      (text: string) => anIssuer({ issuer: text, role: text, audience: [text], authContext: { text } }),
      (text: string) => `[${text}`,
    );
    holds(
      fc.property(fc.dictionary(fc.constantFrom(...names), around, { minKeys: 1 }), (chosen) => {
        const values = Object.fromEntries(Object.entries(chosen).map(([name, wrap]) => [name, wrap(marker)]));
        expect(messageFor({ ...required, ...values })).not.toContain(marker);
      }),
      500,
    );
  });
});

describe("R42 settings that should stop the app", () => {
  it.each([
    ["R36 a pinned key of less than 3072 bits", "PINNED_PUBLIC_KEYS", pinned({ n: "AQAB" })],
    [
      "R42 a connection string whose second endpoint, the one the SDK takes, isn't loopback",
      "BACKUPS_STORAGE",
      `blobendpoint=http://127.0.0.1:1;${azurite("https://evil.example")}`,
    ],
    [
      "R36 the same storage account, written in another way",
      "KEYS_STORAGE",
      "https://BACKUPS.blob.core.windows.net:443",
    ],
    ["R4 issuers of which none is for recovery", "IDENTITY_ISSUERS", anIssuer({ role: "provider" })],
    ["R27 more days than a date can hold", "UPLOAD_STALE_DAYS", "999999999"],
  ])("%s", (_, name, value) => expect(named({ [name]: value })).toContain(name));

  it("R42 says of a bad storage address what it must be", () => {
    expect(messageFor({ ...required, BACKUPS_STORAGE: "http://backups.example" })).toContain("https");
  });

  it("R42 names a contradiction also where another setting is missing", () => {
    expect(named({ PUBLIC_BASE_URL: undefined, SIGN_IN_AGING_DAYS: "91" })).toContain("SIGN_IN_AGING_DAYS");
  });
});
