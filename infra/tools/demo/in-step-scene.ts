/** Two phones of one owner: both edit; the slower one reads, merges and uploads. Nobody gets a mail. */
import { setTimeout } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import type { Phone, Reply } from "../../local/phone.ts";
import { countMessages, nextMessage } from "./people.ts";
import { aPhone, BACKUP, MAIL, OWNER, recoveryOf, type Scene, showProblem } from "./scenes.ts";
import { expectStatus } from "./story.ts";

const TABLET = "Anna's tablet";
const ALARM = { to: MAIL, subject: "Your accounts were recovered on a device", says: TABLET };

/** The last message that the earlier scenes caused. */
const BEFORE = { to: MAIL, subject: "A device was removed" };

const Document = z.object({
  generation: z.number(),
  etag: z.string(),
  accounts: z.array(z.looseObject({ issuer: z.string().optional() })),
  settings: z.looseObject({}),
});
type Document = z.infer<typeof Document>;
const Activity = z.object({ entries: z.array(z.object({ kind: z.string() })) });

/** Only the device that added them has these. */
const added = (issuer: string) => ({
  kind: "third-party",
  issuer,
  userName: "anna",
  otp: { type: "totp", secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", algorithm: "SHA1", digits: 6, period: 30 },
});

export async function keepInStep(scene: Scene, phone: Phone): Promise<void> {
  const { story, stack } = scene;
  story.chapter("Two phones in step");
  const tablet = aPhone(stack.addresses);
  await tablet.signIn(OWNER);
  await story.step(`${TABLET} recovers, which is told`, async () => {
    await expectStatus(tablet.call("POST", "v1/recoveries", { body: recoveryOf(TABLET) }), 200);
    await nextMessage(stack, ALARM, 0);
    await nextMessage(stack, BEFORE, 0);
  });
  const mails = await countMessages(stack, { to: MAIL });
  const base = await read(phone);
  await story.step("The tablet adds an account and uploads", () =>
    expectStatus(put(tablet, withAdded(base, "From the tablet")), 200),
  );
  const late = await put(phone, withAdded(base, "From the phone"));
  story.check("Phone 2 adds one, too, and comes too late", late.status === 412, showProblem(late));
  const newer = await story.step(
    `GET ${BACKUP}/document: phone 2 sees what is there now`,
    () => read(phone),
    ({ generation, accounts }) => `generation ${generation}, ${accounts.length} accounts`,
  );
  await story.step("It merges, and uploads what replaces that", () =>
    expectStatus(put(phone, withAdded(newer, "From the phone")), 200),
  );
  const both = [...base.accounts, added("From the tablet"), added("From the phone")];
  const known = await read(tablet);
  story.check(
    "The tablet reads it: nothing is lost",
    isDeepStrictEqual(known.accounts, both),
    `${both.length} accounts`,
  );
  const same = await tablet.call("GET", `${BACKUP}/document`, { headers: { "if-none-match": known.etag } });
  story.check("… and asks again, with its ETag", same.status === 304, String(same.status));
  await story.step("Each read stands in the activity log", () => untilLogged(phone, 3));
  story.check("… and no mail was sent", (await countMessages(stack, { to: MAIL })) === mails);
}

const read = async (phone: Phone): Promise<Document> =>
  Document.parse((await expectStatus(phone.call("GET", `${BACKUP}/document`), 200)).body);

const withAdded = ({ accounts, ...rest }: Document, issuer: string): Document => ({
  ...rest,
  accounts: [...accounts, added(issuer)],
});

const put = (phone: Phone, { accounts, settings, etag }: Document): Promise<Reply> =>
  phone.call("PUT", BACKUP, { body: { accounts, settings }, headers: { "if-match": etag } });

const PATIENCE_MS = 20_000;
const GLANCE_MS = 50;

/** The log takes a moment; by then a mail would also have been on its way. */
async function untilLogged(phone: Phone, count: number): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until) {
    const { entries } = Activity.parse((await phone.call("GET", "v1/activity")).body);
    if (entries.filter(({ kind }) => kind === "document-read").length >= count) return;
    await setTimeout(GLANCE_MS);
  }
  throw new Error("a read isn't in the log");
}
