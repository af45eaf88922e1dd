/** What strangers can make the service spend: nothing. */

import { expect, inject, it } from "vitest";
import { endpoints } from "../../functions/endpoints.ts";
import { isOwnerAccess, isProviderAccess, takesBody } from "../../lib/http/pipeline/endpoint.ts";
import { anApp } from "../support/app.ts";
import { between, isReading } from "../support/between.ts";
import { nothingYet } from "../support/builders.ts";
import { aPhone } from "../support/phones.ts";

const REQUESTS = 1000;
const closed = endpoints.filter(({ access }) => isOwnerAccess(access) || isProviderAccess(access));

/** An app, and what it has spent. */
function aCountedApp() {
  const spent = { vault: 0, messages: 0, reads: 0, writes: 0 };
  const count = <T>(what: keyof typeof spent, value: T): T => {
    spent[what] += 1;
    return value;
  };
  const app = anApp({
    through: between((call, run) => count(isReading(call) ? "reads" : "writes", run())),
    keys: (keys) => ({ ...keys, unwrap: (...of) => count("vault", keys.unwrap(...of)) }),
    outbox: (outbox) => ({ put: (...of) => count("messages", outbox.put(...of)) }),
  });
  return { app, spent };
}

it("F28 A13 a thousand requests without a valid token, or too large: no vault call, no message, no read and no write", async () => {
  const { app, spent } = aCountedApp();
  const tokens = ["", "Bearer", "Bearer x", "Bearer e30.e30.e30", `Bearer ${"a".repeat(8000)}`];
  const statuses = new Set<number>();
  for (let n = 0; n < REQUESTS; n++) {
    const endpoint = closed[n % closed.length];
    if (!endpoint) continue;
    const path = endpoint.route.replace("{platform}", "android").replaceAll(/\{\w+\}/g, "A".repeat(43));
    const { status } = await app.fetch(`${inject("surroundings").api}/${path}`, {
      method: endpoint.method,
      headers: { authorization: tokens[n % tokens.length] ?? "", "content-type": "application/json" },
      ...(takesBody(endpoint) && { body: n % 50 === 0 ? "x".repeat(2_000_000) : "{}" }),
    });
    statuses.add(status);
  }
  expect([...statuses]).toEqual([401]);
  expect(spent).toEqual({ vault: 0, messages: 0, reads: 0, writes: 0 });
});

it("F28 A13 too large a request from an owner's device: 413 everywhere, no vault call, no message and no write", async () => {
  const { app, spent } = aCountedApp();
  const phone = await aPhone({ app });
  const taking = closed.filter((each) => isOwnerAccess(each.access) && takesBody(each));
  expect(taking.length).toBeGreaterThan(10);
  for (const { method, route } of taking) {
    const path = route
      .replace("{platform}", "android")
      .replaceAll(/\{\w+\}/g, "A".repeat(route.includes("devices") ? 43 : 22));
    const headers = { ...nothingYet, "content-type": "application/json" };
    const { status } = await phone.call(method, path, { body: "x".repeat(8_000_000), headers });
    expect(status, path).toBe(413);
  }
  expect({ ...spent, reads: 0 }).toEqual({ vault: 0, messages: 0, reads: 0, writes: 0 });
});
