/** Tickets: a provider or the owner's older device issues them; scanning or typing one proves an account. */

import { describe, expect, it } from "vitest";
import { DAY, SECOND } from "../../../lib/domain/clock.ts";
import { signInAt } from "../../support/phones.ts";
import {
  aContosoAccount,
  anAppToWatch,
  answer,
  aRecovery,
  aTicket,
  bound,
  codeAt,
  credentialIn,
  idIn,
  providerCall,
  type Recovery,
  recover,
  recoveredIn,
  start,
  ticketIn,
  verify,
  vouch,
} from "../../support/step-up.ts";
import { aProviderToken } from "../../support/tokens.ts";
import { unsent } from "../../support/unsent.ts";
import { aRegisteredPhone, refused } from "../helpers.ts";

const begin = async (scene: Recovery) => idIn(await start(scene, { account: scene.work }));

async function redeemed(scene: Recovery): Promise<string> {
  const { code } = await aTicket(scene);
  const reply = await answer(scene.phone, await begin(scene), { ticket: code });
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
  return credentialIn(reply).uri ?? expect.fail("no code credential");
}

describe.concurrent("a work account", () => {
  it("R21 R22 is proven by a provider's ticket, and its codes are accepted", async () => {
    const scene = await aRecovery();
    const uri = await redeemed(scene);
    const verdict = await verify(scene, scene.work, codeAt(uri, scene.watched.clock.now()));
    expect(verdict.body).toEqual({ valid: true, device: scene.phone.deviceId });
  });

  it("R22 the typed form tolerates case, look-alikes, spaces and dashes, and reports a typing mistake", async () => {
    const scene = await aRecovery();
    const { code } = await aTicket(scene);
    const id = await begin(scene);
    const replaced = code.replace(/[0-9A-Z](?=[^-])/, (letter) => (letter === "7" ? "8" : "7"));
    for (const typed of [replaced, code.slice(0, -1), `${code}A`, "", "ÅÄÖ", "x".repeat(100)]) {
      expect(
        refused(await answer(scene.phone, id, { ticket: typed }), "invalid-request").errors?.[0]?.at,
      ).toBe("/ticket");
    }
    const careless = ` ${code.toLowerCase().replaceAll("-", "  ").replaceAll("0", "o").replaceAll("1", "l")} `;
    expect((await answer(scene.phone, id, { ticket: careless })).status).toBe(200);
  });

  it("F6 R21 the QR holds the address and the code, with at least 128 bits for at most ten minutes", async () => {
    const scene = await aRecovery();
    const ticket = await aTicket(scene);
    const query = new URL(ticket.text).searchParams;
    expect({ address: query.get("address"), code: query.get("code") }).toEqual({
      address: ticket.address,
      code: ticket.code,
    });
    expect(ticket.svg).toMatch(/^<svg/);
    const data = ticket.code.replaceAll("-", "").slice(0, -1);
    expect(data).toMatch(/^[0-9A-HJKMNP-TV-Z]+$/);
    expect(data.length * Math.log2(32)).toBeGreaterThanOrEqual(128);
    expect(Date.parse(ticket.expiresAt) - scene.watched.clock.now().getTime()).toBe(600 * SECOND);
  });

  it("R21 R22 a whole pasted activation address counts as its ticket", async () => {
    const scene = await aRecovery();
    const { text } = await aTicket(scene);
    const id = await begin(scene);
    expect((await answer(scene.phone, id, { ticket: ` <${text}>. ` })).status).toBe(200);
  });

  it("F6 R21 a ticket is valid for 599 s, not for 600", async () => {
    for (const [seconds, status] of [
      [599, 200],
      [600, 403],
    ] as const) {
      const scene = await aRecovery();
      const { code } = await aTicket(scene);
      scene.watched.clock.pass(seconds * SECOND);
      await scene.phone.signIn(scene.owner, signInAt(scene.watched.clock.now()));
      expect((await answer(scene.phone, await begin(scene), { ticket: code })).status).toBe(status);
    }
  });

  it("F5 F6 R21 counts once, even under fifty answers at once", async () => {
    const scene = await aRecovery();
    const { code } = await aTicket(scene);
    const id = await begin(scene);
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => answer(scene.phone, id, { ticket: code })),
    );
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    refused(await answer(scene.phone, await begin(scene), { ticket: code }), "ticket-invalid");
  });

  it("F6 R21 R33 a ticket for another account or tenant, of nobody, or of another owner's device is refused alike", async () => {
    const other = await aRecovery();
    const { watched } = other;
    const holder = await aRecovery({ watched });
    await redeemed(holder);
    const scene = await aRecovery({ watched, work: holder.work });
    await holder.phone.signIn(holder.owner, signInAt(watched.clock.now()));
    await vouch(watched, holder.phone, holder.contact);
    const theirs = await holder.phone.call("POST", "v1/device-tickets", {
      body: { account: bound(holder.work) },
    });
    const { code: foreign } = await aTicket(other);
    const token = await aProviderToken("fabrikam-sign-in", "Tickets.Issue");
    const fabrikam = { ...bound(scene.work), tenant: "fabrikam" };
    const elsewhere = ticketIn(await providerCall(watched.app, "v1/tickets", { account: fabrikam }, token));
    const unknown = "0000-0000-0000-0000-0000-0000-0000";
    const id = await begin(scene);
    const told = [foreign, elsewhere.code, unknown, ticketIn(theirs).code].map(async (ticket) => {
      const { instance: _, ...problem } = refused(
        await answer(scene.phone, id, { ticket }),
        "ticket-invalid",
      );
      return problem;
    });
    const [first, ...rest] = await Promise.all(told);
    for (const problem of rest) expect(problem).toEqual(first);
  });

  it("R21 a code is no answer to a step-up that needs a ticket", async () => {
    const scene = await aRecovery();
    refused(await answer(scene.phone, await begin(scene), { code: "123456" }), "challenge-not-found");
  });

  it("R23 a printed ticket is valid for a year, and once", async () => {
    const scene = await aRecovery();
    const { watched, owner, phone } = scene;
    const { code } = await aTicket(scene, { use: "printed" });
    watched.clock.pass(364 * DAY);
    const later = await aRegisteredPhone(owner, { app: watched.app });
    const { id } = recoveredIn(await recover(later));
    const scene2 = { ...scene, phone: later, recovery: id };
    expect((await answer(later, await begin(scene2), { ticket: code })).status).toBe(200);
    refused(await answer(later, await begin(scene2), { ticket: code }), "ticket-invalid");
    expect(phone.deviceId).not.toBe(later.deviceId);
  });
});

describe.concurrent("an older device's ticket", () => {
  const ask = async ({ phone, watched, contact }: Recovery, account: object) => {
    await vouch(watched, phone, contact);
    return await phone.call("POST", "v1/device-tickets", { body: { account } });
  };

  it("R23 proves the account on a new device of the same owner, and nowhere else", async () => {
    const scene = await aRecovery();
    await redeemed(scene);
    const { code } = ticketIn(await ask(scene, bound(scene.work)));
    const newer = await aRegisteredPhone(scene.owner, { app: scene.watched.app });
    const { id } = recoveredIn(await recover(newer));
    const onNewer = { ...scene, phone: newer, recovery: id };
    expect((await answer(newer, await begin(onNewer), { ticket: code })).status).toBe(200);
  });

  it("R23 R47 counts no more once the account's provider has ended what that device had", async () => {
    const scene = await aRecovery();
    await redeemed(scene);
    const { code: ticket } = ticketIn(await ask(scene, bound(scene.work)));
    const token = await aProviderToken("contoso-sign-in", "Credentials.End");
    const body = { account: bound(scene.work), device: scene.phone.deviceId };
    expect((await providerCall(scene.watched.app, "v1/credentials/end", body, token)).status).toBe(204);
    const newer = await aRegisteredPhone(scene.owner, { app: scene.watched.app });
    const { id } = recoveredIn(await recover(newer));
    const onNewer = { ...scene, phone: newer, recovery: id };
    refused(await answer(newer, await begin(onNewer), { ticket }), "ticket-invalid");
    refused(await ask(scene, bound(scene.work)), "account-not-on-device");
  });

  it("R23 is only for accounts that work on that device", async () => {
    const scene = await aRecovery();
    refused(await ask(scene, bound(scene.work)), "account-not-on-device");
    refused(await ask(scene, bound(aContosoAccount())), "account-not-on-device");
  });
});

describe.concurrent("a provider's app", () => {
  it("R33 gets tickets only for its own tenants, and only with the role", async () => {
    const scene = await aRecovery();
    const account = bound(scene.work);
    const ask = async (token: string) =>
      await providerCall(scene.watched.app, "v1/tickets", { account }, token);
    refused(await ask(await aProviderToken("fabrikam-sign-in", "Tickets.Issue")), "account-not-yours");
    refused(await ask(await aProviderToken("contoso-sign-in", "Codes.Verify")), "role-missing");
    refused(await ask(await aProviderToken("contoso-sign-in")), "role-missing");
    refused(await ask(await aProviderToken("nobody", "Tickets.Issue")), "role-missing");
    refused(await ask(scene.phone.token), "not-signed-in");
  });
});

it("R21 R33 a ticket of the provider takes the account over, and its former owner is told", async () => {
  const scene = await aRecovery();
  const uri = await redeemed(scene);
  const other = await aRecovery({ watched: scene.watched, work: scene.work });
  const { code } = await aTicket(other);
  expect((await answer(other.phone, await begin(other), { ticket: code })).status).toBe(200);
  scene.watched.clock.pass(60 * SECOND);
  const verdict = await verify(scene, scene.work, codeAt(uri, scene.watched.clock.now()));
  expect(verdict.body).toEqual({ valid: false });
  expect(scene.watched.told().map(({ activity }) => activity.kind)).toContain("account-moved");
});

it("R20 R21 a renewal doesn't bring back an account that a provider moved, even if nobody holds it any more", async () => {
  const scene = await aRecovery();
  await redeemed(scene);
  const other = await aRecovery({ watched: scene.watched, work: scene.work });
  await redeemed(other);
  await other.old.call("DELETE", `v1/devices/${other.phone.deviceId}`);
  await scene.phone.signIn(scene.owner, signInAt(scene.watched.clock.now()));
  const body = { account: bound(scene.work) };
  const renewed = await scene.phone.call("POST", `v1/recoveries/${scene.recovery}/credentials`, { body });
  refused(renewed, "account-bound-elsewhere");
});

it("R8 R21 R32 repeating a redemption that was cut off completes it", async () => {
  const watched = anAppToWatch();
  const scene = await aRecovery({ watched });
  const { code: ticket } = await aTicket(scene);
  const id = await begin(scene);
  const redeem = () => answer(scene.phone, id, { ticket });
  refused(await unsent(watched, redeem), "storage-unavailable");
  expect((await redeem()).status).toBe(200);
  const again = await answer(scene.phone, await begin(scene), { ticket });
  refused(again, "ticket-invalid");
});
