/** The provider checks codes of both phones; the mail about a thief's recovery undoes it. */
import { URI } from "otpauth";
import * as z from "zod";
import type { Phone } from "../../local/phone.ts";
import { nextMessage, providerCall } from "./people.ts";
import { aPhone, MAIL, OWNER, recoveryOf, type Scene, showProblem } from "./scenes.ts";
import { type DeviceBoundAccount, nameOf } from "./step-up-scene.ts";
import { expectStatus } from "./story.ts";

const THIEF = "A stranger's phone";
const ALARM = { to: MAIL, subject: "Your accounts were recovered on a device", says: THIEF };
const NOTICE = { to: MAIL, subject: "A device was shut out" };

const Verdict = z.object({ valid: z.boolean(), device: z.string().optional() });

const codeNow = (uri: string) => URI.parse(uri).generate();
/** From a phone whose clock is ahead, a code one step early is accepted. */
export const codeOfNextStep = (uri: string) => URI.parse(uri).generate({ timestamp: Date.now() + 30_000 });

export async function verdictOn({ stack }: Scene, account: DeviceBoundAccount, code: string) {
  const client = account.kind === "work" ? "contoso-sign-in" : "personal-sign-in";
  const body = { account: nameOf(account), code };
  return Verdict.parse(await providerCall(stack, "v1/codes/verify", { client, role: "Codes.Verify", body }));
}

/** Checks both phones, each by its own code. */
export async function checkBoth(
  scene: Scene,
  account: DeviceBoundAccount,
  phones: { old: { phone: Phone; uri: string }; new: { phone: Phone; uri: string } },
): Promise<void> {
  const { story } = scene;
  const [before, after] = [codeNow(phones.old.uri), codeNow(phones.new.uri)];
  story.check(
    `${account.kind}: old and new phone show different codes`,
    before !== after,
    `${before} ≠ ${after}`,
  );
  const shown = { old: before, new: after };
  for (const name of ["old", "new"] as const) {
    const { valid, device } = await verdictOn(scene, account, shown[name]);
    const isTheirs = valid && device === phones[name].phone.deviceId;
    story.check(`… the provider accepts the ${name} phone's, and learns which it was`, isTheirs);
  }
}

export async function repudiateThief(scene: Scene): Promise<void> {
  const { story, stack } = scene;
  story.chapter("A thief knows Anna's password");
  const thief = aPhone(stack.addresses);
  await thief.signIn(OWNER);
  await story.step("The thief signs in as Anna and recovers", () =>
    expectStatus(thief.call("POST", "v1/recoveries", { body: recoveryOf(THIEF) }), 200),
  );
  const { text } = await story.step(
    "Anna gets a mail",
    () => nextMessage(stack, ALARM, 0),
    ({ subject }) => subject ?? "",
  );
  const link = /https?:\S+/.exec(text)?.[0] ?? "";
  const page = await (await fetch(link)).text();
  story.check("The link shows what it would do, and does nothing yet", page.includes('<form method="post">'));
  story.check("… the thief is still in", (await thief.call("GET", "v1/backups")).status === 200);
  await story.step("Anna presses the button", async () => {
    const response = await fetch(link, { method: "POST" });
    if (!response.ok) throw new Error(`answered ${response.status}`);
  });
  const shutOut = await thief.call("GET", "v1/backups");
  story.check("The thief is shut out at once", shutOut.status === 401, showProblem(shutOut));
  const { subject = "" } = await nextMessage(stack, NOTICE, 0);
  story.check("… and Anna's contacts are told", subject !== "", subject);
}
