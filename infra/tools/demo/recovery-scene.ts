/** The recovery: each phone proves its accounts, a new phone gets them back, both show valid codes. */
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import type { Phone } from "../../local/phone.ts";
import { type Account, codeOf } from "./otpauth-uri.ts";
import {
  aPhone,
  BACKUP,
  boundAccounts,
  OWNER,
  recoveryOf,
  type Scene,
  SETTINGS,
  showProblem,
  showStaleness,
} from "./scenes.ts";
import { addContact, enterContactCode, idIn, provePersonal, proveWork } from "./step-up-scene.ts";
import { expectStatus } from "./story.ts";
import { checkBoth, codeOfNextStep, verdictOn } from "./verify-scene.ts";

const secret = z.string();
const numbers = { secret, algorithm: z.string(), digits: z.number() };
const ThirdParty = z.strictObject({
  kind: z.literal("third-party"),
  issuer: z.string(),
  userName: z.string(),
  otp: z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("totp"), ...numbers, period: z.number() }),
    z.strictObject({ type: z.literal("hotp"), ...numbers, counter: z.number() }),
    z.strictObject({ type: z.literal("steam"), secret }),
  ]),
});
const Recovered = z.object({
  id: z.string(),
  accounts: z.array(
    z.union([
      z.object({ reason: z.literal("in-backup"), account: ThirdParty }),
      z.object({ reason: z.literal("bound"), credential: z.object({ uri: z.string() }) }),
      z.object({ reason: z.literal("work-account"), account: z.unknown() }),
    ]),
  ),
  settings: z.unknown(),
});
const Plan = z.object({ accounts: z.array(z.object({ outcome: z.string(), reason: z.string() })) });

/** The secrets of each account's codes on one phone. */
type Credentials = { personal: string; work: string };

/** A device proves its accounts in a recovery, even if it is the first device. */
export async function enrol(scene: Scene): Promise<Credentials> {
  const { story, stack, phone, accounts } = scene;
  const contact = await addContact(scene);
  const { personal, work } = boundAccounts(stack);
  story.chapter("Phone 1 proves Anna's personal and work accounts");
  const existingAccounts = accounts.map(({ kind, issuer, userName }) => ({ kind, issuer, userName }));
  const body = recoveryOf("Phone 1", { existingAccounts, overlap: "keep-existing" });
  const recovery = await story.step("POST v1/recoveries, keeping what the phone has", async () =>
    idIn(await expectStatus(phone.call("POST", "v1/recoveries", { body }), 200)),
  );
  return {
    personal: await provePersonal(scene, phone, { recovery, account: personal, contact }),
    work: await proveWork(scene, phone, { recovery, account: work, by: "camera" }),
  };
}

/** Phone 2, and its third-party accounts in the order it got them. */
export async function recover(
  scene: Scene,
  former: Credentials,
): Promise<{ newPhone: Phone; restored: Account[] }> {
  const { story, stack, phone, accounts } = scene;
  story.chapter("Phone 1 is lost. Phone 2 is new");
  const newPhone = aPhone(stack.addresses);
  const recovered = await signInAndRecover(scene, newPhone);
  const restored = recovered.accounts.flatMap((item) => (item.reason === "in-backup" ? [item.account] : []));
  compareCodes(story, accounts, restored);
  story.check("The app's settings are as they were", isDeepStrictEqual(recovered.settings, SETTINGS));
  const [bound = ""] = recovered.accounts.flatMap((item) =>
    item.reason === "bound" ? [item.credential.uri] : [],
  );
  story.check(
    "The personal account, proven before, has a new credential",
    bound !== "" && bound !== former.personal,
  );
  const { personal, work } = boundAccounts(stack);
  const typed = await proveWork(scene, newPhone, { recovery: recovered.id, account: work, by: "hand" });
  const phones = (old: string, fresh: string) => ({
    old: { phone, uri: old },
    new: { phone: newPhone, uri: fresh },
  });
  await checkBoth(scene, personal, phones(former.personal, bound));
  await checkBoth(scene, work, phones(former.work, typed));
  await revokeFormer(scene, newPhone, former);
  return { newPhone, restored };
}

async function signInAndRecover({ story }: Scene, newPhone: Phone): Promise<z.infer<typeof Recovered>> {
  await story.step("Anna signs in again, on a phone with a key of its own", () => newPhone.signIn(OWNER));
  const dryRun = { body: { platform: "android", existingAccounts: [] } };
  await story.step(
    "POST v1/recovery-plans: what would come back",
    () => expectStatus(newPhone.call("POST", "v1/recovery-plans", dryRun), 200),
    ({ body }) => summary(Plan.parse(body).accounts.map(({ outcome }) => outcome)),
  );
  const reply = await story.step(
    "POST v1/recoveries",
    () => expectStatus(newPhone.call("POST", "v1/recoveries", { body: recoveryOf("Phone 2") }), 200),
    ({ status }) => String(status),
  );
  return Recovered.parse(reply.body);
}

async function revokeFormer(scene: Scene, newPhone: Phone, former: Credentials): Promise<void> {
  const { story, stack, phone } = scene;
  await story.step(
    "Phone 2 asks for staleness",
    () => newPhone.call("GET", `${BACKUP}/staleness`),
    showStaleness,
  );
  const remove = (status: number) => () =>
    expectStatus(newPhone.call("DELETE", `v1/devices/${phone.deviceId}`), status);
  await story.step("Phone 2, which has just come, only suspends phone 1", remove(202));
  const suspended = await phone.call("GET", BACKUP);
  story.check(
    "Phone 1 is refused from the next request on",
    suspended.status === 403,
    showProblem(suspended),
  );
  await enterContactCode(scene, newPhone);
  await story.step("Phone 2 revokes phone 1 for good", remove(204));
  const revoked = await phone.call("GET", BACKUP);
  story.check("Phone 1 is refused for good", revoked.status === 401, showProblem(revoked));
  const { valid } = await verdictOn(scene, boundAccounts(stack).personal, codeOfNextStep(former.personal));
  story.check("… and its codes are valid no more, not even one never used", !valid);
}

const summary = (words: string[]) =>
  [...new Set(words)].map((word) => `${words.filter((each) => each === word).length} × ${word}`).join(", ");

function compareCodes(story: Scene["story"], before: Account[], after: Account[]): void {
  const now = Date.now();
  for (const [index, { issuer, userName, otp }] of before.entries()) {
    const recovered = after[index];
    const codes = [codeOf(otp, now), recovered ? codeOf(recovered.otp, now) : "nothing"];
    story.check(`${otp.type} ${issuer} ${userName}`, codes[0] === codes[1], codes.join(" = "));
  }
}

/** How many accounts differ from the one in the same place. */
export const differences = (before: Account[], after: Account[]) =>
  Array.from({ length: Math.max(before.length, after.length) }, (_, index) => index).filter(
    (index) => !isDeepStrictEqual(before[index], after[index]),
  ).length;
