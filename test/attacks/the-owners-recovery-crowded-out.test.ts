/** A thief's device asks so often that the owner's new phone gets no turn. */
import { expect, it } from "vitest";
import { aPhone, type CheckedPhone } from "../support/phones.ts";
import { aRecovery, bound, type Recovery, recover, recoveredIn } from "../support/step-up.ts";
import { aTheft } from "../support/theft.ts";
import { asTheVictim, kindIn } from "./thief.ts";

it("R17 recoveries that a thief's device repeats without an alarm keep no other from recovering", async () => {
  const { watched, owner, thief } = await aTheft();
  const again = () => recover(thief, {}, { "idempotency-key": "canary-key-canary-key" });
  for (let n = 0; n < 20; n++) expect(kindIn(await again())).toBe(200);
  const back = await aPhone({ owner, app: watched.app });
  expect({ thief: kindIn(await again()), owner: kindIn(await recover(back)) }).toEqual({
    thief: "too-many-recoveries",
    owner: 200,
  });
});

/** Waits for a ticket, once for each of so many recoveries. */
async function awaitTickets({ work }: Recovery, thief: CheckedPhone, count: number) {
  for (let n = 0; n < count; n++) {
    const { id } = recoveredIn(await recover(thief));
    const body = { account: bound(work) };
    expect((await thief.call("POST", `v1/recoveries/${id}/step-ups`, { body })).status).toBe(201);
  }
}

it("R24 R45 tickets that a thief's device waits for push out no code that the owner is about to enter", async () => {
  const scene = await aRecovery();
  const { watched, contact, phone: back } = scene;
  const thief = await asTheVictim(scene);
  expect((await back.call("POST", `v1/contacts/${contact}/code`)).status).toBe(201);
  const body = { code: watched.lastCode() };
  await awaitTickets(scene, thief, 11);
  expect(kindIn(await back.call("POST", `v1/contacts/${contact}/confirm`, { body }))).toBe(200);
});
