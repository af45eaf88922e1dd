/** Every endpoint over HTTP to storage and queue that are throttled, down, slow or cut the line. */
import { afterAll, describe, expect, it } from "vitest";
import { isForAll } from "../../lib/http/pipeline/endpoint.ts";
import { prepared } from "../functions/prepared.ts";
import { named } from "../functions/requests.ts";
import { casesOf, expectUnharmed, repeatable, undisturbed } from "../functions/unharmed.ts";
import { anApp } from "../support/app.ts";
import { type FaultKind, startFaultProxy } from "../support/fault-proxy.ts";
import { anAppToWatch, type Watched } from "../support/step-up.ts";

/**
 * Until it is mended, so that the SDK's own retries don't help; or once, if a test would take too long or
 * they must help.
 */
const orders: { kind: FaultKind; times?: number }[] = [
  { kind: "429" },
  { kind: "503", times: 1 },
  { kind: "delay", times: 1 },
  { kind: "cut" },
  { kind: "lost", times: 1 },
];

/** A fresh instance whose calls to that service pass the proxy; its messages go to the real queue. */
const instanceAt = (settings: Record<string, string>, { clock, sent }: Watched) =>
  anApp({
    clock: clock.now,
    settings,
    outbox: (queue) => ({
      put: async (...item) => {
        await queue.put(...item);
        sent.push(item[1]);
      },
    }),
  });

/**
 * Endpoints that met a fault: these tests must not pass by missing all faults. Shared content comes from
 * memory.
 */
const reached = { storage: new Set<string>(), queue: new Set<string>() };
afterAll(() => {
  const all = repeatable.filter((endpoint) => !isForAll(endpoint)).map(({ name }) => name);
  expect([...reached.storage].sort()).toEqual(all.sort());
  expect(reached.queue.size).toBeGreaterThan(10);
});

describe.concurrent.each(named(repeatable))("%s", (_, endpoint) => {
  it.each(["storage", "queue"] as const)(
    "R8 R32 while the %s is throttled, down, slow or cut off: a success or 503; nothing is lost or half done, and repeated it succeeds",
    async (service) => {
      const proxy = await startFaultProxy(service);
      const [first] = casesOf(endpoint);
      const each = first ?? expect.fail("no case");
      const whole = await undisturbed(each);
      let hasMet = false;
      for (const { kind, ...order } of orders) {
        const watched = anAppToWatch();
        const request = await prepared(endpoint, watched);
        const app = instanceAt(proxy.settings, watched);
        proxy.order(kind, order);
        const reply = await request.ask(app);
        const met = proxy.met();
        proxy.mend();
        if (met === 0) continue;
        hasMet = true;
        const said = `${service} ${kind}, ${order.times ?? "all"} times`;
        await expectUnharmed(each, request, whole, {
          reply,
          app: watched.app,
          said,
          hasWritten: endpoint.method !== "GET",
        });
      }
      await proxy.close();
      if (hasMet) reached[service].add(endpoint.name);
    },
  );
});
