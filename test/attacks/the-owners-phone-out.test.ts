/** A thief who has just come in wants the owner's phone out, for good. */
import { describe, expect, it } from "vitest";
import { HOUR } from "../../lib/domain/clock.ts";
import { aRegisteredPhone, devicesIn, refused } from "../functions/helpers.ts";
import { type CheckedPhone, signInAt } from "../support/phones.ts";
import { typeIn } from "../support/problem-type.ts";
import { aContact, recover, recoveredIn, vouch } from "../support/step-up.ts";
import { sweep } from "../support/sweeping.ts";
import { aTheft, type Theft } from "../support/theft.ts";

const revoke = (by: CheckedPhone, { deviceId }: CheckedPhone) => by.call("DELETE", `v1/devices/${deviceId}`);
const object = (phone: CheckedPhone) => phone.call("POST", `v1/devices/${phone.deviceId}/object`);
const reads = async (phone: CheckedPhone) => typeIn(await phone.call("GET", "v1/backups"));
const lastTold = ({ watched }: Theft) => watched.told().at(-1)?.activity.kind;

/** What has become of the owner's phone. */
async function stateOf({ phone }: Theft, { deviceId }: CheckedPhone) {
  const device = devicesIn(await phone.call("GET", "v1/devices")).find(({ id }) => id === deviceId);
  return device?.revokedAt ? "revoked" : device?.suspendedAt ? "suspended" : "active";
}

describe.concurrent("a device that is seconds old", () => {
  it("R45 revokes the owner's phone: it is shut out at once, but not for good, and its owner is told", async () => {
    const theft = await aTheft();
    const { thief, second, address, watched } = theft;
    expect((await revoke(thief, second)).status).toBe(202);
    expect({
      state: await stateOf(theft, second),
      told: lastTold(theft),
      link: watched
        .told()
        .at(-1)
        ?.recipients.map((each) => [each.address, each.link]),
      reads: await reads(second),
    }).toEqual({
      state: "suspended",
      told: "device-suspended",
      link: [[address, true]],
      reads: "device-suspended",
    });
    const problem = refused(await second.call("GET", "v1/backups"), "device-suspended");
    expect(Date.parse(problem.suspendedUntil ?? "") - watched.clock.now().getTime()).toBe(72 * HOUR - 1000);
    expect({ letterSays: watched.told().at(-1)?.revokeAt?.toISOString() }).toEqual({
      letterSays: problem.suspendedUntil,
    });
    const body = { platform: "android", name: "canary-again" };
    refused(await second.call("POST", "v1/devices", { body }), "device-suspended");
    refused(await recover(second), "device-suspended");
  });

  it("R45 loses the phone and itself when its owner objects, and no other device of the thief's gets it", async () => {
    const theft = await aTheft();
    const { owner, thief, second, phone, watched, contact } = theft;
    await revoke(thief, second);
    const theirs = await aContact(watched, thief, { address: "canary-thief@mail.example" });
    await revoke(thief, phone);
    expect((await object(second)).status).toBe(200);
    expect({
      phones: [await reads(second), await reads(phone)],
      thief: await reads(thief),
      contacts: JSON.stringify((await second.call("GET", "v1/contacts")).body).includes(theirs),
    }).toEqual({ phones: ["done", "done"], thief: "device-revoked", contacts: false });
    expect((await object(second)).status).toBe(200);
    const another = await aRegisteredPhone(owner, { app: watched.app });
    refused(await revoke(another, second), "device-too-new");
    expect(await reads(second)).toBe("done");
    await vouch(watched, another, contact);
    expect((await revoke(another, second)).status).toBe(204);
  });

  it("R45 has what it asked for once the time is over, if nobody objects", async () => {
    const theft = await aTheft();
    const { owner, thief, second, phone, watched } = theft;
    await revoke(thief, second);
    await sweep(watched, "owners", owner);
    expect(await stateOf(theft, second)).toBe("suspended");
    watched.clock.pass(72 * HOUR);
    await second.signIn(owner, signInAt(watched.clock.now()));
    await phone.signIn(owner, signInAt(watched.clock.now()));
    refused(await object(second), "device-revoked");
    expect((await sweep(watched, "owners", owner)).handled).toBe(1);
    expect({ state: await stateOf(theft, second), told: lastTold(theft) }).toEqual({
      state: "revoked",
      told: "device-revoked",
    });
  });

  it("R45 says that the owner's recovery was not theirs: that suspends, too", async () => {
    const theft = await aTheft();
    const { thief, second } = theft;
    const { id } = recoveredIn(await recover(second, { overlap: "keep-existing" }));
    expect((await thief.call("POST", `v1/recoveries/${id}/repudiate`)).status).toBe(200);
    expect(await stateOf(theft, second)).toBe("suspended");
    expect((await object(second)).status).toBe(200);
    expect(await reads(thief)).toBe("device-revoked");
  });
});

describe.concurrent("a stolen phone", () => {
  it("R45 is shut out in a second by the owner's new one, and can't object without a sign-in", async () => {
    const { owner, thief: newPhone, second: stolen, watched, contact } = await aTheft();
    expect((await revoke(newPhone, stolen)).status).toBe(202);
    expect((await revoke(newPhone, stolen)).status).toBe(202);
    const old = new Date(watched.clock.now().getTime() - HOUR);
    await stolen.signIn(owner, signInAt(old));
    refused(await object(stolen), "sign-in-too-old");
    await vouch(watched, newPhone, contact);
    await stolen.signIn(owner, signInAt(watched.clock.now()));
    refused(await object(stolen), "device-suspended");
    expect((await revoke(newPhone, stolen)).status).toBe(204);
    expect(await reads(stolen)).toBe("device-revoked");
  });

  it("R45 objects for no other device", async () => {
    const { thief, second, phone } = await aTheft();
    await revoke(thief, second);
    refused(await phone.call("POST", `v1/devices/${second.deviceId}/object`), "invalid-request");
  });
});

describe.concurrent("a thief's device that came before the owner's new phone", () => {
  /** The owner comes back, and enters a code that went to a contact of theirs. */
  async function aReturn(settings = {}) {
    const theft = await aTheft({ settings });
    const { watched, owner, contact } = theft;
    const back = await aRegisteredPhone(owner, { app: watched.app });
    await vouch(watched, back, contact);
    return { ...theft, back };
  }

  it("R45 only suspends a phone on which a contact's code was entered, and is ended when that objects", async () => {
    const theft = await aReturn();
    const { thief, back } = theft;
    expect((await revoke(thief, back)).status).toBe(202);
    expect(await stateOf(theft, back)).toBe("suspended");
    expect((await object(back)).status).toBe(200);
    expect([await reads(back), await reads(thief)]).toEqual(["done", "device-revoked"]);
  });

  it("R35 R45 takes its request for erasure along when that phone revokes it", async () => {
    const { thief, back, watched, owner } = await aReturn({ ERASURE_DELAY_HOURS: "72" });
    expect((await thief.call("DELETE", "v1/me?confirm=erase-everything")).status).toBe(202);
    expect((await revoke(back, thief)).status).toBe(204);
    watched.clock.pass(73 * HOUR);
    await sweep(watched, "owners", owner);
    await back.signIn(owner, signInAt(watched.clock.now()));
    expect(await reads(back)).toBe("done");
  });
});
