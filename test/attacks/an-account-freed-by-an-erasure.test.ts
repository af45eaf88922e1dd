/** A thief with a password erases its owner, to prove the owner's account from elsewhere. */
import { expect, it } from "vitest";
import { DAY, HOUR } from "../../lib/domain/clock.ts";
import { signInAt } from "../support/phones.ts";
import {
  anAppToWatch,
  answer,
  aRecovery,
  codeAt,
  idIn,
  proven,
  type Recovery,
  start,
  verify,
} from "../support/step-up.ts";
import { asTheVictim, kindIn } from "./thief.ts";

const ERASE = "v1/me?confirm=erase-everything";
/** The code of the step-up goes to a contact of the thief's. */
async function proveElsewhere({ watched, personal }: Recovery) {
  const thief = await aRecovery({ watched, personal });
  return kindIn(await answer(thief.phone, idIn(await start(thief)), { code: watched.lastCode() }));
}

it("F35 R35 an account that a thief proves elsewhere once its owner is erased", async () => {
  const watched = anAppToWatch();
  const victim = await aRecovery({ watched });
  await proven(victim);
  const phone = await asTheVictim(victim);
  const erased = (await phone.call("DELETE", ERASE)).status;
  const atOnce = await proveElsewhere(victim);
  watched.clock.pass(20 * DAY);
  expect({ erased, atOnce, weeksLater: await proveElsewhere(victim) }).toEqual({
    erased: 204,
    atOnce: "account-bound-elsewhere",
    weeksLater: "account-bound-elsewhere",
  });
});

it("F35 R35 an account is its former owner's again at once, and free when thirty days are over", async () => {
  const watched = anAppToWatch();
  const victim = await aRecovery({ watched });
  await proven(victim);
  expect((await victim.phone.call("DELETE", ERASE)).status).toBe(204);
  watched.clock.pass(72 * HOUR);
  const before = await proveElsewhere(victim);
  const anew = await aRecovery({ watched, owner: victim.owner, personal: victim.personal });
  const own = codeAt(await proven(anew), watched.clock.now());
  const works = (await verify(anew, victim.personal, own)).body;
  expect({ before, works }).toEqual({
    before: "account-bound-elsewhere",
    works: { valid: true, device: anew.phone.deviceId },
  });
  await anew.phone.signIn(anew.owner, signInAt(watched.clock.now()));
  expect((await anew.phone.call("DELETE", ERASE)).status).toBe(204);
  watched.clock.pass(25 * DAY);
  const held = await proveElsewhere(victim);
  watched.clock.pass(5 * DAY);
  expect({ held, free: await proveElsewhere(victim) }).toEqual({
    held: "account-bound-elsewhere",
    free: 200,
  });
});
