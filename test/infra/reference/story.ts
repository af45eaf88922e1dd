/** Anna's story: every operation in a state in which it succeeds; its traffic gives the examples. */
import { inject } from "vitest";
import { anOwner, aPhone } from "../../support/phones.ts";
import { anAppToWatch, type Watched } from "../../support/step-up.ts";
import { aProviderToken } from "../../support/tokens.ts";
import { backUp, turnOffAndOn, useTablet } from "./backup-scenes.ts";
import { leave, lookAfterDevices, lookBack, object, repudiate } from "./owner-scenes.ts";
import { addContact, askAsProvider, proveAccounts, recoverOnNewPhone } from "./recovery-scenes.ts";
import type { Stage } from "./stage.ts";
import { Teller, type ToldReply } from "./teller.ts";

/** The recorded replies, by operation. */
export async function tellStory(): Promise<Record<string, ToldReply[]>> {
  const watched = anAppToWatch();
  withFigures(watched);
  const owner = anOwner();
  const stage = {
    watched,
    teller: new Teller(watched),
    owner,
    phone: await aPhone({ owner, app: watched.app }),
  };
  await backUp(stage);
  await turnOffAndOn(stage);
  const tablet = await useTablet(stage);
  const contact = await addContact(stage);
  const { phone, recovery } = await recoverOnNewPhone(stage);
  await proveAccounts(stage, phone, recovery, contact);
  await askAsProvider(stage, phone, recovery);
  await lookAfterDevices(stage, phone, tablet);
  await object(stage, phone);
  await lookBack(stage, phone);
  await repudiate(stage, phone, recovery);
  await operate(stage);
  await lookUp(stage);
  await leave(stage, contact);
  return stage.teller.told;
}

/** Fixes figures that depend on other tests: the service's own. */
function withFigures({ app, clock }: Watched): void {
  const progress = {
    run: "r",
    startedAt: clock.now(),
    finishedAt: clock.now(),
    shardsDone: Array.from("0".repeat(64)),
    handled: 12,
    failed: 0,
    keys: {},
  };
  const { services } = app;
  services.countMessages = async () => ({ waiting: 0, failed: 0 });
  services.countPages = async () => ({ waiting: 0, failed: 0 });
  services.recentRuns = async () => [{ sweep: "owners", of: progress }];
  services.sweepStore = {
    ...services.sweepStore,
    next: async () => undefined,
    report: async () => undefined,
    progress: async (sweep) =>
      sweep === "rewrap"
        ? { ...progress, keys: { [inject("surroundings").settings["KEY_IDS"] ?? ""]: 12 } }
        : undefined,
  };
}

async function operate({ teller }: Stage): Promise<void> {
  const token = await aProviderToken("contoso-sign-in", "Sweeps.Run");
  await teller.ask("start-sweep", token, {
    name: "started",
    summary: "The sweep of owners",
    params: { sweep: "owners" },
    status: 202,
  });
  await teller.ask("list-sweeps", token, { name: "done", summary: "One sweep has run", status: 200 });
  await teller.ask("get-health", undefined, { name: "well", summary: "All is well", status: 200 });
}

async function lookUp({ teller }: Stage): Promise<void> {
  const { headers } = await teller.quietly("GET", "v1/openapi.json");
  await teller.ask("get-openapi", undefined, unchanged(headers));
  const kind = { kind: "stale-precondition" };
  const pages = [["show-docs"], ["list-problems"], ["show-problem", kind]] as const;
  for (const [operation, params = {}] of pages) {
    const shown = { name: "page", summary: "The page", params, status: 200 };
    const { headers } = await teller.ask(operation, undefined, shown);
    await teller.ask(operation, undefined, { ...unchanged(headers), params });
  }
  await teller.ask("show-problem", undefined, {
    name: "unknown",
    summary: "There is no such kind",
    params: { kind: "mistyped" },
    status: 404,
  });
}

const unchanged = (headers: Headers) => ({
  name: "unchanged",
  summary: "What is at hand is still the same",
  headers: { "if-none-match": headers.get("etag") ?? "" },
  status: 304,
});
