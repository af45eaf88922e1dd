/** Every endpoint over real HTTP to storage and queue, while one of them is throttled, down, slow, or cuts the line. */
import { afterAll, describe, expect, inject, it } from "vitest";
import { isForAll } from "../../lib/http/endpoint.ts";
import { prepared } from "../endpoints/prepared.ts";
import { named } from "../endpoints/requests.ts";
import { casesOf, expectUnharmed, repeatable, undisturbed } from "../endpoints/unharmed.ts";
import { anApp } from "../support/app.ts";
import { type FaultKind, startFaultProxy } from "../support/fault-proxy.ts";
import { anAppToWatch, type Watched } from "../support/step-up.ts";

const { settings } = inject("surroundings");
const endpointIn = (setting: string, kind: string) =>
  new URL(new RegExp(`${kind}Endpoint=([^;]+)`).exec(settings[setting] ?? "")?.[1] ?? "");
const MANY = 1_000_000;

/** Until it is mended, so that the SDK's own tries don't help; or once, where a test would take too long or they must help. */
const orders: { kind: FaultKind; times: number }[] = [
  { kind: "429", times: MANY },
  { kind: "503", times: 1 },
  { kind: "delay", times: 1 },
  { kind: "cut", times: MANY },
  { kind: "lost", times: 1 },
];

const SERVICES = {
  storage: { setting: ["BACKUPS_STORAGE", "KEYS_STORAGE"], at: endpointIn("BACKUPS_STORAGE", "Blob") },
  queue: { setting: ["QUEUE_STORAGE"], at: endpointIn("QUEUE_STORAGE", "Queue") },
};

/** An instance that has just started, whose calls to that service pass the proxy; its messages go to the real queue. */
const instanceAt = (host: string, service: keyof typeof SERVICES, { clock, sent }: Watched) => {
  const { setting, at } = SERVICES[service];
  const through = Object.fromEntries(
    setting.map((name) => [name, settings[name]?.replaceAll(at.host, host) ?? ""]),
  );
  const app = anApp({
    clock: clock.now,
    settings: through,
    outbox: (queue) => ({
      put: async (...item) => {
        await queue.put(...item);
        sent.push(item[1]);
      },
    }),
  });
  return app;
};

/** What has met a fault: these tests must not pass because nothing comes their way. What is the same for all comes from memory. */
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
      const proxy = await startFaultProxy(SERVICES[service].at);
      const [first] = casesOf(endpoint);
      const each = first ?? expect.fail("no case");
      const whole = await undisturbed(each);
      let hasMet = false;
      for (const { kind, times } of orders) {
        const watched = anAppToWatch();
        const request = await prepared(endpoint, watched);
        const app = instanceAt(proxy.host, service, watched);
        proxy.order(kind, times);
        const reply = await request.ask(app);
        const met = proxy.met();
        proxy.mend();
        if (met === 0) continue;
        hasMet = true;
        const said = `${service} ${kind}, ${times} times`;
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
