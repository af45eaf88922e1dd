/** Months later: a stale backup, one deleted by accident, one overwritten, and an erasure. */
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import type { Phone, Reply } from "../../local/phone.ts";
import { copyOf } from "./old-copy.ts";
import { aPhone, BACKUP, recoveryOf, type Scene, showProblem, showStaleness } from "./scenes.ts";
import { expectStatus } from "./story.ts";

const OWNER = "bertil";
const DAY_SECONDS = 86_400;
const SLOW_MS = 3 * 3_600_000;
const Skewed = z.object({ type: z.string(), skewSeconds: z.number() });
const Versions = z.object({ versions: z.array(z.object({ id: z.string(), generation: z.number() })) });
const Checks = z.object({
  checks: z.array(z.object({ id: z.string(), state: z.string(), remedy: z.string().optional() })),
});
const Recovered = z.object({ accounts: z.array(z.looseObject({ account: z.unknown() })) });

const etag = async (phone: Phone) => ({
  "if-match": (await phone.call("GET", BACKUP)).headers.get("etag") ?? "",
});
const ask = async (phone: Phone, method: string, path: string, status = 200): Promise<Reply> =>
  expectStatus(phone.call(method, path, { headers: await etag(phone) }), status);

export async function liveOn(scene: Scene): Promise<void> {
  const { story, stack, accounts } = scene;
  story.chapter("Bertil's phone forgets");
  const phone = aPhone(stack.addresses, () => new Date(Date.now() - SLOW_MS));
  const monthsAgo = Math.floor(Date.now() / 1000) - 100 * DAY_SECONDS;
  await phone.signIn(OWNER, { authTime: monthsAgo });
  const document = { accounts, settings: {} };
  const first = { body: document, headers: { "if-none-match": "*" } };
  const { url, ...asking } = phone.prepare("GET", BACKUP);
  const told = Skewed.parse(await (await fetch(url, asking)).json());
  story.check(
    "His phone's clock is three hours slow",
    told.skewSeconds < 0,
    `${told.type}: ${told.skewSeconds} s`,
  );
  await story.step("… it corrects itself. He backed up, and signed in a hundred days ago", () =>
    expectStatus(phone.call("PUT", BACKUP, first), 201),
  );
  await story.step("GET …/staleness", () => phone.call("GET", `${BACKUP}/staleness`), showStaleness);
  await phone.signIn(OWNER);
  await story.step("He signs in: POST …/confirm", () => ask(phone, "POST", `${BACKUP}/confirm`));
  await story.step("GET …/staleness", () => phone.call("GET", `${BACKUP}/staleness`), showStaleness);
  await deleteAndUndelete(scene, phone);
  await overwriteAndRestore(scene, phone, document);
  await forget(scene, phone);
}

async function deleteAndUndelete({ story, stack }: Scene, phone: Phone): Promise<void> {
  await story.step("He turns backup off by accident", () => ask(phone, "DELETE", BACKUP));
  const newer = aPhone(stack.addresses);
  await newer.signIn(OWNER);
  const diagnosis = await newer.call("POST", `${BACKUP}/diagnosis`, { body: {} });
  const failed = Checks.parse(diagnosis.body).checks.find(({ state }) => state === "failed");
  story.check(
    "POST …/diagnosis says why a new phone finds nothing",
    failed?.id === "backup",
    failed?.remedy ?? "",
  );
  await story.step("POST …/undelete", () => ask(phone, "POST", `${BACKUP}/undelete`));
}

async function overwriteAndRestore(
  { story, stack }: Scene,
  phone: Phone,
  document: { accounts: unknown[] },
): Promise<void> {
  const empty = { body: { accounts: [], settings: {} }, headers: await etag(phone) };
  await story.step("A broken app uploads an empty list", () =>
    expectStatus(phone.call("PUT", BACKUP, empty), 200),
  );
  const history = Versions.parse((await phone.call("GET", `${BACKUP}/versions`)).body).versions;
  const oldest = history.at(-1)?.id ?? "";
  await story.step("The first version is restored, as a new generation", () =>
    ask(phone, "POST", `${BACKUP}/versions/${oldest}/restore`),
  );
  const newer = aPhone(stack.addresses);
  await newer.signIn(OWNER);
  const reply = await newer.call("POST", "v1/recoveries", { body: recoveryOf("Bertil's new phone") });
  const recovered = Recovered.parse(reply.body).accounts.map(({ account }) => account);
  story.check(
    "Everything is back",
    isDeepStrictEqual(recovered, document.accounts),
    `${recovered.length} accounts`,
  );
}

async function forget({ story, stack }: Scene, phone: Phone): Promise<void> {
  const copy = await copyOf(stack, OWNER);
  await story.step("DELETE v1/me: everything is to be forgotten", () =>
    expectStatus(phone.call("DELETE", "v1/me?confirm=erase-everything"), 204),
  );
  const after = await phone.call("GET", BACKUP);
  story.check("Nothing is known of him any more", after.status === 403, showProblem(after));
  await copy.putBack();
  await phone.signIn(OWNER);
  const body = recoveryOf("Bertil's new phone");
  const opened = await phone.call("POST", "v1/recoveries", { body });
  story.check(
    "A copy of before, put back, opens nothing",
    opened.status === 409 &&
      z.looseObject({ type: z.literal("/api/problems/backup-unreadable") }).safeParse(opened.body).success,
    `${copy.blobs} blobs, ${showProblem(opened)}`,
  );
  await copy.takeAway();
}
