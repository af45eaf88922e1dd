/** The scene that everything is for: a new phone gets the accounts back, and both phones show the same codes. */
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { type Account, codeOf } from "./otpauth-uri.ts";
import {
  aPhone,
  BACKUP,
  BOUND_ACCOUNTS,
  OWNER,
  recoveryOf,
  type Scene,
  SETTINGS,
  showProblem,
  showStaleness,
} from "./scenes.ts";
import { expectStatus } from "./story.ts";

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
  accounts: z.array(
    z.discriminatedUnion("outcome", [
      z.object({ outcome: z.literal("restore"), account: ThirdParty }),
      z.object({ outcome: z.literal("step-up"), account: z.unknown() }),
    ]),
  ),
  settings: z.unknown(),
});

/** The third-party accounts as phone 2 has them, in the order it got them. */
export async function recover({ story, stack, phone, accounts }: Scene): Promise<Account[]> {
  story.chapter("Phone 1 is lost. Phone 2 is new");
  const newPhone = aPhone(stack.addresses);
  await story.step("Anna signs in again, on a phone with a key of its own", () => newPhone.signIn(OWNER));
  const reply = await story.step(
    "POST v1/recoveries",
    async () =>
      expectStatus(await newPhone.call("POST", "v1/recoveries", { body: recoveryOf("Phone 2") }), 200),
    ({ status }) => String(status),
  );
  const recovered = Recovered.parse(reply.body);
  const restored = recovered.accounts.flatMap((item) => (item.outcome === "restore" ? [item.account] : []));
  const byName = recovered.accounts.flatMap((item) => (item.outcome === "step-up" ? [item.account] : []));
  compareCodes(story, accounts, restored);
  story.check("The app's settings are as they were", isDeepStrictEqual(recovered.settings, SETTINGS));
  story.check(
    "Personal and work accounts come back by name, to be proven",
    isDeepStrictEqual(byName, BOUND_ACCOUNTS),
    `${byName.length} × step-up`,
  );
  await story.step(
    "Phone 2 asks for staleness",
    () => newPhone.call("GET", `${BACKUP}/staleness`),
    showStaleness,
  );
  await story.step("Phone 2 revokes phone 1", async () =>
    expectStatus(await newPhone.call("DELETE", `v1/devices/${phone.deviceId}`), 204),
  );
  const revoked = await phone.call("GET", BACKUP);
  story.check("Phone 1 is refused from the next request on", revoked.status === 401, showProblem(revoked));
  return restored;
}

function compareCodes(story: Scene["story"], before: Account[], after: Account[]): void {
  const now = Date.now();
  for (const [index, { issuer, userName, otp }] of before.entries()) {
    const recovered = after[index];
    const codes = [codeOf(otp, now), recovered ? codeOf(recovered.otp, now) : "nothing"];
    story.check(`${otp.type} ${issuer} ${userName}`, codes[0] === codes[1], codes.join(" = "));
  }
}

/** How many accounts aren't the same in the same place. */
export const differences = (before: Account[], after: Account[]) =>
  Array.from({ length: Math.max(before.length, after.length) }, (_, index) => index).filter(
    (index) => !isDeepStrictEqual(before[index], after[index]),
  ).length;
