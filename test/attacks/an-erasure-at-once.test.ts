/** A thief with a password alone wants everything gone before anybody can object. */
import { setTimeout } from "node:timers/promises";
import { expect, it } from "vitest";
import type { Reply } from "../../infra/local/phone.ts";
import { DAY, HOUR } from "../../lib/domain/clock.ts";
import { aRegisteredPhone } from "../functions/helpers.ts";
import { beforeNext } from "../support/meanwhile.ts";
import { type CheckedPhone, signInAt } from "../support/phones.ts";
import { aContact, anAppToWatch, aRecovery, vouch } from "../support/step-up.ts";
import { sweep } from "../support/sweeping.ts";
import { aTheft } from "../support/theft.ts";
import { asTheVictim, kindIn } from "./thief.ts";

const ERASE = "v1/me?confirm=erase-everything";

it("R35 R45 an erasure at once: the thief's phone waits as it is told, and the owner takes it back", async () => {
  const watched = anAppToWatch({ settings: { ERASURE_DELAY_HOURS: "72" } });
  const victim = await aRecovery({ watched });
  const thief = await asTheVictim(victim);
  const atOnce = kindIn(await thief.call("DELETE", `${ERASE}&when=now`));
  const asked = kindIn(await thief.call("DELETE", ERASE));
  const again = kindIn(await thief.call("DELETE", `${ERASE}&when=now`));
  watched.clock.pass(3 * DAY - 1);
  await sweep({ ...watched, app: watched.another() }, "owners", victim.owner);
  for (const phone of [victim.old, thief]) await phone.signIn(victim.owner, signInAt(watched.clock.now()));
  const grown = kindIn(await thief.call("DELETE", `${ERASE}&when=now`));
  const kept = kindIn(await victim.old.call("POST", "v1/me/keep"));
  watched.clock.pass(1);
  await sweep({ ...watched, app: watched.another() }, "owners", victim.owner);
  const backup = kindIn(await victim.old.call("GET", "v1/backups/android"));
  expect({ atOnce, asked, again, grown, kept, backup }).toEqual({
    atOnce: "contact-code-required",
    asked: 202,
    again: "contact-code-required",
    grown: "contact-code-required",
    kept: 204,
    backup: 200,
  });
});

it("R35 R45 an erasure at once takes no code of a contact that a thief added, and let grow old", async () => {
  const theft = await aTheft({ settings: { ERASURE_DELAY_HOURS: "72" } });
  const { watched, owner, thief, contact } = theft;
  const theirs = await aContact(watched, thief, { address: "canary-thief@mail.example" });
  const atOnce = async (by: CheckedPhone) => kindIn(await by.call("DELETE", `${ERASE}&when=now`));
  watched.clock.pass(73 * HOUR);
  const another = await aRegisteredPhone(owner, { app: watched.app });
  await vouch(watched, another, theirs);
  const byTheirs = await atOnce(another);
  expect((await another.call("DELETE", `v1/contacts/${contact}`)).status).toBe(204);
  await vouch(watched, another, theirs);
  expect({ byTheirs, withoutTheOwners: await atOnce(another) }).toEqual({
    byTheirs: "contact-code-required",
    withoutTheOwners: "contact-code-required",
  });
});

it("R18 R35 an erasure isn't left untold because another was taken back while it was asked for", async () => {
  const { through, happens } = beforeNext("write owners/");
  const watched = anAppToWatch({ settings: { ERASURE_DELAY_HOURS: "72" }, through });
  const victim = await aRecovery({ watched });
  const [first, second] = [await asTheVictim(victim), await asTheVictim(victim)];
  for (const phone of [first, second]) phone.through(watched.app.fetch);
  expect((await first.call("DELETE", ERASE)).status).toBe(202);
  let asking: Promise<Reply> | undefined;
  happens(async () => {
    asking = second.call("DELETE", ERASE);
    // By then it has read that there is an erasure, and waits for its turn.
    await setTimeout(300);
  });
  expect((await first.call("POST", "v1/me/keep")).status).toBe(204);
  const asked = (await asking)?.status;
  const told = watched.told().filter(({ activity }) => activity.kind === "erasure-requested");
  expect({ asked, told: told.map(({ activity }) => activity.device?.id) }).toEqual({
    asked: 202,
    told: [first.deviceId, second.deviceId],
  });
});
