/** What strangers can make the service spend: nothing. */
import { expect, inject, it } from "vitest";
import { endpoints } from "../../functions/endpoints.ts";
import type { Blobs } from "../../lib/azure/blobs.ts";
import { isOwnerAccess, isProviderAccess, takesBody } from "../../lib/http/endpoint.ts";
import { anApp } from "../support/app.ts";

const REQUESTS = 1000;
const closed = endpoints.filter(({ access }) => isOwnerAccess(access) || isProviderAccess(access));

it("F28 A13 a thousand requests without a valid token, or too large: no vault call, no message, no read and no write", async () => {
  const spent = { vault: 0, messages: 0, storage: 0 };
  const count = <T>(what: keyof typeof spent, value: T): T => {
    spent[what] += 1;
    return value;
  };
  const app = anApp({
    through: (blobs): Blobs => ({
      read: (...of) => count("storage", blobs.read(...of)),
      write: (...of) => count("storage", blobs.write(...of)),
      append: (...of) => count("storage", blobs.append(...of)),
      readFrom: (...of) => count("storage", blobs.readFrom(...of)),
      delete: (...of) => count("storage", blobs.delete(...of)),
      writeMetadata: (...of) => count("storage", blobs.writeMetadata(...of)),
      list: (...of) => count("storage", blobs.list(...of)),
    }),
    keys: (keys) => ({ ...keys, unwrap: (...of) => count("vault", keys.unwrap(...of)) }),
    outbox: (outbox) => ({ put: (...of) => count("messages", outbox.put(...of)) }),
  });
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
  expect(spent).toEqual({ vault: 0, messages: 0, storage: 0 });
});
