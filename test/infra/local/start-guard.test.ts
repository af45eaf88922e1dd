/** The deployed bundle doesn't start under unsafe settings: it names all at once, and quotes none. */
import { cp, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { startHost } from "../../../infra/local/host-process.ts";
import { makePackage } from "../../../infra/tools/package/make-package.ts";
import { anIssuer, azurite, keyId, named, required, version } from "../../config/sample-settings.ts";

type Case = [what: string, name: string, value: string | undefined];

const marker = "canary-5d2e";
const at = (scheme: string, host = `${marker}.example`) => `${scheme}://${host}`;
const aProvider = (change: object) => JSON.stringify([{ clientId: marker, accounts: [], ...change }]);
const aPrivateKey = JSON.stringify({
  keys: [{ kid: keyId, kty: "RSA", n: "AQAB".repeat(128), e: "AQAB", d: marker }],
});

const unsafe: Case[] = [
  ["a public address over http", "PUBLIC_BASE_URL", `${at("http")}/api`],
  ["no public address", "PUBLIC_BASE_URL", undefined],
  ["an issuer over http", "IDENTITY_ISSUERS", anIssuer({ issuer: at("http") })],
  ["any issuer", "IDENTITY_ISSUERS", anIssuer({ issuer: "*" })],
  ["an issuer without an audience", "IDENTITY_ISSUERS", anIssuer({ audience: undefined })],
  ["an issuer with an empty audience", "IDENTITY_ISSUERS", anIssuer({ audience: "" })],
  ["nobody who may sign in", "IDENTITY_ISSUERS", "[]"],
  ["backups by an account's key", "BACKUPS_STORAGE", azurite(at("https")).replace("a2V5", marker)],
  ["backups over http", "BACKUPS_STORAGE", at("http")],
  ["backups by a signed address", "BACKUPS_STORAGE", `${at("https")}/?sig=${marker}`],
  ["keys by an account's key", "KEYS_STORAGE", azurite(at("https")).replace("a2V5", marker)],
  ["keys beside the backups", "KEYS_STORAGE", required.BACKUPS_STORAGE],
  ["a queue by an account's key", "QUEUE_STORAGE", `AccountKey=${marker};QueueEndpoint=${at("https")}`],
  ["a queue over http", "QUEUE_STORAGE__queueServiceUri", at("http")],
  ["a key id without a version", "KEY_IDS", keyId.replace(`/${version}`, "")],
  ["a vault over http", "KEY_IDS", `${at("http")}/keys/backups/${version}`],
  ["a retired key without a version", "RETIRED_KEY_IDS", `${at("https")}/keys/backups`],
  ["a private key among the pinned ones", "PINNED_PUBLIC_KEYS", aPrivateKey],
  ["messages over http", "COMMUNICATION_SERVICE", at("http")],
  ["messages by an access key", "COMMUNICATION_SERVICE", `endpoint=${at("https")}/;accesskey=${marker}`],
  ["a sender that is no address", "EMAIL_SENDER", marker],
  ["a provider that answers for nobody known", "PROVIDERS", aProvider({ accounts: [{ tenants: [marker] }] })],
  ["an unknown policy", "CROSS_PLATFORM_RECOVERY", marker],
  ["limits that are none", "SMS_DAILY_LIMITS", marker],
  ["sign-ins of any age", "SIGN_IN_MAX_AGE_SECONDS", "0"],
  ["account sign-ins of any age", "ACCOUNT_SIGN_IN_MAX_AGE_SECONDS", "0"],
  ["new contacts that count at once", "CONTACT_COOLING_OFF_HOURS", "0"],
  ["tickets that last longer than ten minutes", "TICKET_SECONDS", "601"],
  ["printed tickets for no time", "PRINTED_TICKET_DAYS", "0"],
  ["deleted backups gone at once", "UNDELETE_DAYS", "0"],
  ["no history", "HISTORY_LENGTH", "0"],
  ["backups that are never stale", "SIGN_IN_STALE_DAYS", "0"],
  ["aging after staleness", "UPLOAD_AGING_DAYS", "999"],
  ["libraries that print requests", "AZURE_LOG_LEVEL", "verbose"],
  ["a runtime that prints requests", "NODE_DEBUG", "http,net"],
  ["anything that prints more", "DEBUG", marker],
  ["TLS that checks nothing", "NODE_TLS_REJECT_UNAUTHORIZED", "0"],
  ["a developer's own credential", "AZURE_TOKEN_CREDENTIALS", marker],
  ["an app's password", "AZURE_CLIENT_SECRET", marker],
  ["a developer's password", "AZURE_PASSWORD", marker],
  ["apps of any version", "MIN_APP_VERSION_IOS", marker],
];

/** The first bad value of each setting. */
const worst: Record<string, string> = Object.fromEntries(
  unsafe.flatMap(([, name, value]) => (value === undefined ? [] : [[name, value]])).toReversed(),
);

let appFolder: string;

beforeAll(async () => {
  const { folder } = await makePackage(process.cwd(), await mkdtemp(join(tmpdir(), "package-")));
  appFolder = await mkdtemp(join(tmpdir(), "guarded-"));
  await cp(folder, appFolder, { recursive: true });
});

/** Whether a host with only these settings listens, and everything that it printed. */
async function start(settings: Record<string, string>): Promise<{ listens: boolean; printed: string }> {
  const lines: string[] = [];
  const starting = startHost({ appFolder, port: 0, settings, log: (line) => lines.push(line) });
  const listens = await starting.then(
    async (host) => {
      await host.close();
      return true;
    },
    (error: unknown) => {
      expect(error).toMatchObject({ message: expect.stringContaining("exit code 1") });
      return false;
    },
  );
  return { listens, printed: lines.join("\n") };
}

const namesIn = (printed: string) =>
  [...new Set([...printed.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name))].toSorted();

describe("F30 R42 the deployed bundle", () => {
  it("F30 R42 starts under the settings of a deployment", async () => {
    const { listens, printed } = await start(required);
    expect({ listens, names: namesIn(printed) }).toEqual({ listens: true, names: [] });
  });

  it("F30 R42 doesn't start under unsafe ones: it names all at once and quotes none", async () => {
    const { listens, printed } = await start({ ...required, ...worst });
    expect({ listens }).toEqual({ listens: false });
    expect(namesIn(printed)).toEqual(Object.keys(worst).toSorted());
    expect(Object.keys(worst).length).toBeGreaterThanOrEqual(12);
    expect(printed).not.toContain(marker);
    for (const value of Object.values(worst).filter(({ length }) => length > 3))
      expect(printed).not.toContain(value);
  });

  it("F30 R42 doesn't start without settings: it names each required one", async () => {
    const { listens, printed } = await start({});
    expect({ listens, names: namesIn(printed) }).toEqual({
      listens: false,
      names: Object.keys(required).toSorted(),
    });
  });
});

describe("F30 R42 each alone stops the start", () => {
  it.each(unsafe)("F30 R42 %s", (_, name, value) => {
    expect(named({ [name]: value })).toEqual([name]);
  });
});
