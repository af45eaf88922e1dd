/** Codes as a provider checks them: each once, from any device, without revealing what exists. */

import { describe, expect, it } from "vitest";
import { SECOND } from "../../../lib/domain/clock.ts";
import { crowded } from "../../support/meanwhile.ts";
import {
  anAppToWatch,
  aProvablePersonal,
  aRecovery,
  bound,
  codeAt,
  proven,
  providerCall,
  recover,
  recoveredIn,
  verify,
  wrongOf,
} from "../../support/step-up.ts";
import { aProviderToken } from "../../support/tokens.ts";
import { aRegisteredPhone, refused } from "../helpers.ts";

describe.concurrent("a code", () => {
  it("R14 R15 each device has its own: both are valid at once, and each is revocable alone", async () => {
    const scene = await aRecovery();
    const { watched, owner, personal } = scene;
    const first = await proven(scene);
    const newer = await aRegisteredPhone(owner, { app: watched.app });
    const { accounts } = recoveredIn(await recover(newer));
    const restored = accounts.find(({ account }) => account.userName === personal.userName);
    expect(restored).toMatchObject({ outcome: "restore", reason: "bound" });
    const second = restored && "credential" in restored ? (restored.credential?.uri ?? "") : "";
    const now = watched.clock.now();
    expect(codeAt(first, now)).not.toBe(codeAt(second, now));
    const valid = (device: string) => ({ valid: true, device });
    expect((await verify(scene, personal, codeAt(first, now))).body).toEqual(valid(scene.phone.deviceId));
    expect((await verify(scene, personal, codeAt(second, now))).body).toEqual(valid(newer.deviceId));
    expect((await scene.old.call("DELETE", `v1/devices/${scene.phone.deviceId}`)).status).toBe(204);
    watched.clock.pass(30 * SECOND);
    const later = watched.clock.now();
    expect((await verify(scene, personal, codeAt(first, later))).body).toEqual({ valid: false });
    expect((await verify(scene, personal, codeAt(second, later))).body).toEqual(valid(newer.deviceId));
  });

  it("F21 R14 one step early or late passes, two don't, and none passes twice", async () => {
    const scene = await aRecovery();
    const uri = await proven(scene);
    const { watched, personal } = scene;
    watched.clock.pass(300 * SECOND);
    const at = (steps: number) => codeAt(uri, new Date(watched.clock.now().getTime() + steps * 30 * SECOND));
    const check = async (steps: number) => (await verify(scene, personal, at(steps))).body;
    expect(await check(-2)).toEqual({ valid: false });
    expect(await check(2)).toEqual({ valid: false });
    expect(await check(-1)).toMatchObject({ valid: true });
    expect(await check(-1)).toEqual({ valid: false });
    expect(await check(1)).toMatchObject({ valid: true });
    expect(await check(0)).toEqual({ valid: false });
  });

  it("F20 R14 R24 a code typed at the provider counts as its six digits, once", async () => {
    const scene = await aRecovery();
    const uri = await proven(scene);
    const code = codeAt(uri, scene.watched.clock.now());
    const typed = `${code.slice(0, 3)}\u00a0${code.slice(3)}.`;
    const inArabic = code.replaceAll(/\d/g, (digit) => String.fromCodePoint(0x660 + Number(digit)));
    expect((await verify(scene, scene.personal, typed)).body).toMatchObject({ valid: true });
    for (const again of [typed, inArabic, code])
      expect((await verify(scene, scene.personal, again)).body).toEqual({ valid: false });
  });

  it("F5 F21 R14 of fifty checks of one code at once, exactly one says that it is valid", async () => {
    const scene = await aRecovery();
    const uri = await proven(scene);
    const code = codeAt(uri, scene.watched.clock.now());
    const token = await aProviderToken("personal-sign-in", "Codes.Verify");
    const body = { account: bound(scene.personal), code };
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => providerCall(scene.watched.app, "v1/codes/verify", body, token)),
    );
    const valid = replies.filter((reply) => JSON.stringify(reply.body).includes('"valid":true'));
    expect(valid).toHaveLength(1);
  });

  it("F20 F24 R33 unknown account, unproven account and wrong code are answered alike, except for the request id", async () => {
    const scene = await aRecovery();
    await proven(scene);
    const replies = [
      await verify(scene, scene.personal, "000000"),
      await verify(scene, aProvablePersonal(), "000000"),
      await verify(scene, scene.work, "000000"),
    ];
    const told = replies.map(({ status, headers, body }) => ({
      status,
      body,
      headers: [...headers].filter(([name]) => !["x-request-id", "date"].includes(name)),
    }));
    expect(told[1]).toEqual(told[0]);
    expect(told[2]).toEqual(told[0]);
    const token = await aProviderToken("personal-sign-in", "Codes.Verify");
    for (const code of ["", "①②③④⑤⑥", "12345", "12345a", ["123456"], 123456]) {
      const body = { account: bound(scene.personal), code };
      refused(await providerCall(scene.watched.app, "v1/codes/verify", body, token), "invalid-request");
    }
  });

  it("F24 R33 a signature for an unknown account, an unproven one and a wrong one are answered alike, and equally slowly", async () => {
    const scene = await aRecovery();
    await proven(scene);
    const token = await aProviderToken("personal-sign-in", "Codes.Verify");
    const asked = async (account: Parameters<typeof bound>[0]) => {
      const body = { account: bound(account), challenge: "A".repeat(43), signature: "A".repeat(86) };
      const startedAt = performance.now();
      const reply = await providerCall(scene.watched.app, "v1/signatures/verify", body, token);
      expect(performance.now() - startedAt).toBeGreaterThanOrEqual(120);
      const headers = [...reply.headers].filter(([name]) => !["x-request-id", "date"].includes(name));
      return { status: reply.status, body: reply.body, headers };
    };
    const known = await asked(scene.personal);
    expect({ status: known.status, body: known.body }).toEqual({ status: 200, body: { valid: false } });
    expect(await asked(aProvablePersonal())).toEqual(known);
  });

  it("R33 a provider asks only about its own accounts, and only with the role", async () => {
    const scene = await aRecovery();
    await proven(scene);
    const ask = async (client: string, role: string) =>
      await providerCall(
        scene.watched.app,
        "v1/codes/verify",
        { account: bound(scene.personal), code: "000000" },
        await aProviderToken(client, role),
      );
    refused(await ask("contoso-sign-in", "Codes.Verify"), "account-not-yours");
    refused(await ask("personal-sign-in", "Tickets.Issue"), "role-missing");
    refused(await ask("nobody", "Codes.Verify"), "role-missing");
  });
});

describe.concurrent("a code that is checked", () => {
  async function aCrowded() {
    const { state, through } = crowded("credentials/");
    return { state, scene: await aRecovery({ watched: anAppToWatch({ through }) }) };
  }

  it("R24 R33 is wrong after three tries while other writers always come first", async () => {
    const { state, scene } = await aCrowded();
    const code = codeAt(await proven(scene), scene.watched.clock.now());
    [state.left, state.writes] = [100, 0];
    expect((await verify(scene, scene.personal, code)).body).toEqual({ valid: false });
    expect(state.writes).toBe(3);
    state.left = 2;
    expect((await verify(scene, scene.personal, code)).body).toMatchObject({ valid: true });
  });

  it("R24 R33 writes nothing while the account must wait", async () => {
    const { state, scene } = await aCrowded();
    const code = codeAt(await proven(scene), scene.watched.clock.now());
    for (let n = 0; n < 5; n++) await verify(scene, scene.personal, wrongOf(code));
    state.writes = 0;
    expect((await verify(scene, scene.personal, code)).body).toEqual({ valid: false });
    expect(state.writes).toBe(0);
  });
});
