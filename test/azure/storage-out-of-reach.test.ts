/** One or both storage accounts out of reach, and lost answers to an owner's first upload. */
import { type AddressInfo, createServer } from "node:net";
import { expect, inject, it } from "vitest";
import type { Phone, Reply } from "../../infra/local/phone.ts";
import { anApp } from "../support/app.ts";
import { aBackup, nothingYet } from "../support/builders.ts";
import { startFaultProxy } from "../support/fault-proxy.ts";
import { aPhone } from "../support/phones.ts";

const BACKUP = "v1/backups/android";
const recovery = { body: { platform: "android", device: { name: "new" }, existingAccounts: [] } };
const storage = inject("surroundings").settings["BACKUPS_STORAGE"] ?? "";
const azurite = new URL(/BlobEndpoint=([^;]+)/.exec(storage)?.[1] ?? "");
const storageAt = (port: number) => storage.replaceAll(azurite.host, `127.0.0.1:${port}`);

/** A port that nobody listens on. */
async function deadPort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as AddressInfo;
  await new Promise((resolve) => listener.close(resolve));
  return port;
}

function expectUnavailable({ status, headers, body }: Reply): void {
  expect(status, JSON.stringify(body)).toBe(503);
  expect(body).toMatchObject({ type: "/api/problems/storage-unavailable", retry: "as-is" });
  expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
}

const calls: [string, (phone: Phone) => Promise<Reply>][] = [
  ["an upload", (phone) => phone.call("PUT", BACKUP, { body: aBackup(), headers: nothingYet })],
  ["a recovery", (phone) => phone.call("POST", "v1/recoveries", recovery)],
  ["a status", (phone) => phone.call("GET", BACKUP)],
];

it.each([
  ["neither account listens", ["BACKUPS_STORAGE", "KEYS_STORAGE"]],
  ["the account of the backups doesn't listen", ["BACKUPS_STORAGE"]],
  ["the account of the keys doesn't listen", ["KEYS_STORAGE"]],
])("R32 where %s: 503 and when to come back, within 10 s, and all is there afterwards", async (_, names) => {
  const whole = anApp();
  const phone = await aPhone({ app: whole });
  const uploaded = await phone.call("PUT", BACKUP, { body: aBackup(), headers: nothingYet });
  const dead = storageAt(await deadPort());
  const app = anApp({ settings: Object.fromEntries(names.map((name) => [name, dead])) });
  for (const [name, call] of calls) {
    phone.through(app.fetch);
    const startedAt = performance.now();
    expectUnavailable(await call(phone));
    expect(performance.now() - startedAt, name).toBeLessThan(10_000);
  }
  phone.through(whole.fetch);
  const status = await phone.call("GET", BACKUP);
  expect(status.headers.get("etag")).toBe(uploaded.headers.get("etag"));
});

it.each(["owner-keys", "owners/"])(
  "R8 an owner's first upload whose answer from %s is lost: it counts once, and opens",
  async (blob) => {
    const proxy = await startFaultProxy("storage");
    const phone = await aPhone({ app: anApp(proxy) });
    proxy.order("lost", { times: 1, of: blob });
    const document = aBackup();
    const uploaded = await phone.call("PUT", BACKUP, { body: document, headers: nothingYet });
    expect({ status: uploaded.status, lost: proxy.met() }).toEqual({ status: 201, lost: 1 });
    await proxy.close();
    phone.through(anApp().fetch);
    const status = await phone.call("GET", BACKUP);
    expect(status.body).toMatchObject({ generation: 1 });
    expect(status.headers.get("etag")).toBe(uploaded.headers.get("etag"));
    const recovered = await phone.call("POST", "v1/recoveries", recovery);
    expect(recovered.body).toMatchObject({ accounts: [{ account: document.accounts[0] }, {}, {}] });
  },
);
