/** What the host does before a function runs, and how odd but well-formed addresses and headers end. */
import { describe, expect, it } from "vitest";
import { endpoints } from "../../functions/endpoints.ts";
import { UNKNOWN_ROUTE } from "../../functions/unknown-route.ts";
import type { CheckedPhone } from "../support/phones.ts";
import { anOwnerWithBackup, aRegisteredPhone, expectRefused, placesIn, refused } from "./helpers.ts";
import { encodeUtf8, type Raw, rawCall, send } from "./raw.ts";
import { named, sampleOf } from "./requests.ts";
import { storedOf } from "./stored.ts";

const METHODS = ["GET", "PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS"];

describe.concurrent.each(named(endpoints))("%s", (_, endpoint) => {
  it("R41 R42 405 for a method without an endpoint, listing the allowed ones, and nothing is changed", async () => {
    const { owner, phone } = await anOwnerWithBackup();
    const about = { platform: phone.platform, etag: '"0x1"', device: phone.deviceId };
    const { path } = sampleOf(endpoint, about);
    const taken = endpoints
      .filter(({ route }) => route === endpoint.route)
      .map(({ method }) => String(method));
    const before = await storedOf(owner);
    for (const method of METHODS.filter((name) => !taken.includes(name))) {
      const reply = await send(phone, method, path);
      expect({ method, allow: reply.headers.get("allow") }).toEqual({ method, allow: taken.join(", ") });
      if (method === "HEAD")
        expect({ status: reply.status, body: reply.body }).toEqual({ status: 405, body: undefined });
      else expect(refused(reply, "method-not-allowed").allow).toEqual(taken);
    }
    expect(await storedOf(owner)).toEqual(before);
  });
});

const askWithoutToken = (phone: CheckedPhone, method: string, path: string, headers: Raw["headers"] = {}) =>
  send(phone, method, path, {
    headers: { authorization: undefined, dpop: undefined, "app-version": undefined, ...headers },
  });

it("R41 R42 an unknown route gets the list of routes, always in the same words, with a token or without", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const before = await storedOf(owner);
  const paths = [
    "",
    "v1",
    "v2/backups",
    "v1/backups/android/versions/x",
    "v1/backup",
    "admin",
    "v1/backups/a%2Fb/c",
  ];
  const told = [];
  for (const path of [
    ...paths,
    "canary",
    "v1/devices//",
    "%F0%9F%98%80",
    "host",
    "v1/backups/android/staleness/x",
  ]) {
    for (const method of METHODS) {
      for (const ask of [send, askWithoutToken]) {
        const reply = await ask(phone, method, path);
        expect({ method, path, status: reply.status, allow: reply.headers.get("allow") }).toEqual({
          method,
          path,
          status: 404,
          allow: null,
        });
        if (method !== "HEAD") told.push({ ...refused(reply, "route-not-found"), instance: "" });
      }
    }
  }
  expect(new Set(told.map((each) => JSON.stringify(each))).size).toBe(1);
  expect(told[0]?.routes).toEqual(endpoints.map(({ method, route }) => `${method} ${route}`));
  expect(await storedOf(owner)).toEqual(before);
});

it("R41 R42 405 even in other letters and with a trailing slash", async () => {
  const { phone } = await anOwnerWithBackup();
  for (const path of ["v1/backups/", "V1/Backups", "HEALTH", "health/"]) {
    const reply = await askWithoutToken(phone, "DELETE", path);
    expect({ path, status: reply.status, allow: reply.headers.get("allow") }).toEqual({
      path,
      status: 405,
      allow: "GET",
    });
  }
});

it("R42 the host itself answers what no function takes: a method for which the library makes no request", async () => {
  const { phone } = await anOwnerWithBackup();
  const { status, body } = await send(phone, "TRACE", "v1/backups");
  expect({ status, body }).toEqual({ status: 404, body: undefined });
});

it("R42 the function for all other routes is the last by name, ignoring case: the host asks it last", () => {
  const names = endpoints.map(({ name }) => name.toLowerCase());
  expect(names.filter((name) => name >= UNKNOWN_ROUTE)).toEqual([]);
  expect(new Intl.Collator("en").compare(names.toSorted().at(-1) ?? "", UNKNOWN_ROUTE)).toBe(-1);
});

it("R17 R42 a path in other letters reaches the route, but a proof names the documented address, with or without a trailing slash", async () => {
  const { phone } = await anOwnerWithBackup();
  expect((await rawCall(phone, "GET", "V1/Backups", { provenPath: "v1/backups" })).status).toBe(200);
  expect((await send(phone, "GET", "V1/Backups")).status).toBe(401);
  expect((await rawCall(phone, "GET", "v1/backups/", { provenPath: "v1/backups" })).status).toBe(200);
  expect((await send(phone, "GET", "v1/backups/")).status).toBe(200);
  expect((await send(phone, "GET", "v1/backups", { provenPath: "v1/backups/" })).status).toBe(200);
});

it("R41 R42 an unread header may say anything; one that is read is refused by name", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const words = ["Аутентификатор/6.6.0", "Anna’s 📱"].map(encodeUtf8);
  for (const word of words) {
    const headers = { "user-agent": word, "x-device": word };
    expect((await rawCall(phone, "GET", "v1/backups", { headers })).status).toBe(200);
    const app = await expectRefused(owner, "invalid-request", () =>
      rawCall(phone, "GET", "v1/backups", { headers: { "app-version": word } }),
    );
    expect(placesIn(app)).toEqual(["App-Version"]);
    const read = { authorization: `Bearer ${word}`, dpop: word };
    for (const [name, value] of Object.entries(read)) {
      const { status } = await rawCall(phone, "GET", "v1/backups", { headers: { [name]: value } });
      expect({ name, status }).toEqual({ name, status: 401 });
    }
  }
});

it("R41 a parameter in other letters is another one", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const problem = await expectRefused(owner, "invalid-request", () =>
    rawCall(phone, "GET", "v1/backups/ANDROID"),
  );
  expect(placesIn(problem)).toEqual(["path parameter platform"]);
});

it("R42 an encoded slash stays in its parameter: it never reaches another route or owner", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const second = await aRegisteredPhone(owner);
  const before = await storedOf(owner);
  for (const path of [
    "v1/backups/android%2Fstaleness",
    "v1/backups/..%2Fdevices",
    `v1/backups%2Fandroid`,
    `v1/devices%2F${second.deviceId}`,
  ]) {
    for (const method of ["GET", "PUT", "DELETE"]) {
      const { status } = await send(phone, method, path);
      expect([400, 401, 404], `${method} ${path}`).toContain(status);
    }
  }
  expect(await storedOf(owner)).toEqual(before);
});

it("R42 dot segments are removed before routing", async () => {
  const { phone } = await anOwnerWithBackup();
  const reply = await rawCall(phone, "GET", "v1/devices/../backups/./android", {
    provenPath: "v1/backups/android",
  });
  expect(reply.status).toBe(200);
});

it("R41 a needless escape is the same parameter", async () => {
  const { phone } = await anOwnerWithBackup();
  const reply = await rawCall(phone, "GET", "v1/backups/%61ndroid", { provenPath: "v1/backups/android" });
  expect(reply.status).toBe(200);
});

it("R41 a repeated If-Match, If-None-Match or Idempotency-Key is refused", async () => {
  const { owner, phone, uploaded } = await anOwnerWithBackup();
  const etag = uploaded.headers.get("etag") ?? "";
  const body = JSON.stringify({ accounts: [], settings: {} });
  const cases: [Record<string, string | string[]>, string][] = [
    [{ "if-match": [etag, etag] }, "If-Match"],
    [{ "if-none-match": ["*", "*"] }, "If-None-Match"],
    [{ "if-match": etag, "idempotency-key": ["a", "b c"] }, "Idempotency-Key"],
  ];
  for (const [headers, at] of cases) {
    const call = () => rawCall(phone, "PUT", "v1/backups/android", { headers, body });
    expect(placesIn(await expectRefused(owner, "invalid-request", call))).toEqual([at]);
  }
});

it("R32 an unexpected body is ignored", async () => {
  const { phone } = await anOwnerWithBackup();
  expect((await rawCall(phone, "GET", "v1/backups", { body: "canary" })).status).toBe(200);
});

it("F32 R42 every reply forbids caching, and requires TLS from then on", async () => {
  const { phone } = await anOwnerWithBackup();
  for (const path of ["v1/backups", "v1/backups/ios", "v1/nowhere", "health"]) {
    const { headers } = await send(phone, "GET", path);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("strict-transport-security")).toContain("max-age=");
  }
});
