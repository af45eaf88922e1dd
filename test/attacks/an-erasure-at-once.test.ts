/** A thief with a password alone wants everything gone before anybody can object. */
import { expect, it } from "vitest";
import { DAY } from "../../lib/domain/clock.ts";
import { signInAt } from "../support/phones.ts";
import { anAppToWatch, aRecovery } from "../support/step-up.ts";
import { sweep } from "../support/sweeping.ts";
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
