/** What happens while an owner is erased, and while others ask about the same account: nothing comes back, nothing tells. */
import { describe, expect, it } from "vitest";
import type { Blobs } from "../../../lib/azure/stores/blobs.ts";
import { MINUTE } from "../../../lib/domain/clock.ts";
import {
  anAppToWatch,
  answer,
  aRecovery,
  codeAt,
  proven,
  start,
  startedIn,
  verify,
  wrongOf,
} from "../../support/step-up.ts";
import { expectErased } from "../erased.ts";
import { versionsOf } from "../heads.ts";
import { refused } from "../helpers.ts";

/** Blobs that are deleted, or overtaken, just before such a one is written, as long as `left` is above zero. */
function disturbed(pattern: RegExp, how: "erased" | "overtaken") {
  const state = { left: 0, writes: 0, names: new Set<string>() };
  const through = (blobs: Blobs): Blobs => ({
    ...blobs,
    async write(name, ...rest) {
      if (!pattern.test(name)) return await blobs.write(name, ...rest);
      state.writes += 1;
      state.names.add(name);
      if (state.left-- <= 0) return await blobs.write(name, ...rest);
      if (how === "overtaken") return undefined;
      await blobs.delete(name);
      return await blobs.write(name, ...rest);
    },
  });
  return { state, through };
}

/** Blobs where this is run just before such a one is read for the nth time from now. */
function meanwhile(pattern: RegExp) {
  const state = { reads: 0, run: async () => {} };
  const through = (blobs: Blobs): Blobs => ({
    ...blobs,
    async read(name) {
      if (pattern.test(name) && --state.reads === 0) await state.run();
      return await blobs.read(name);
    },
  });
  return { state, through };
}

describe.concurrent("an owner who is erased meanwhile", () => {
  it("R35 a device that is being revoked doesn't bring them back", async () => {
    const { state, through } = disturbed(/^owners\//, "erased");
    const scene = await aRecovery({ watched: anAppToWatch({ through }) });
    state.left = 1;
    const { status } = await scene.old.call("DELETE", `v1/devices/${scene.phone.deviceId}`);
    expect(status).toBe(204);
    expect(await versionsOf(scene.owner)).toEqual([]);
  });

  it("R14 R35 a credential that is being issued isn't sealed for who comes after them", async () => {
    const { state, through } = meanwhile(/^credentials\//);
    const settings = { ERASURE_DELAY_HOURS: "0" };
    const watched = anAppToWatch({ through, settings });
    const scene = await aRecovery({ watched });
    const { id } = startedIn(await start(scene));
    const another = watched.another();
    // The second look is made when the owner's record names the device already.
    state.reads = 2;
    state.run = async () => {
      scene.old.through(another.fetch);
      expect((await scene.old.call("DELETE", "v1/me?confirm=erase-everything")).status).toBe(204);
      watched.clock.pass(2 * MINUTE);
    };
    refused(await answer(scene.phone, id, { code: watched.lastCode() }), "busy");
    await expectErased(scene.owner, { hadContact: true });
    expect(await watched.another().services.credentials.find(scene.personal)).toBeUndefined();
  });

  it("R33 R35 a code that is being checked is wrong then, and doesn't bring them back", async () => {
    const { state, through } = disturbed(/^credentials\//, "erased");
    const scene = await aRecovery({ watched: anAppToWatch({ through }) });
    const code = codeAt(await proven(scene), scene.watched.clock.now());
    state.left = 1;
    expect((await verify(scene, scene.personal, code)).body).toEqual({ valid: false });
    expect(await scene.watched.app.services.credentials.find(scene.personal)).toBeUndefined();
  });
});

describe.concurrent("a code that is checked", () => {
  it("R24 R33 while others always come first is wrong after three tries", async () => {
    const { state, through } = disturbed(/^credentials\//, "overtaken");
    const scene = await aRecovery({ watched: anAppToWatch({ through }) });
    const code = codeAt(await proven(scene), scene.watched.clock.now());
    [state.left, state.writes] = [100, 0];
    expect((await verify(scene, scene.personal, code)).body).toEqual({ valid: false });
    expect(state.writes).toBe(3);
    state.left = 2;
    expect((await verify(scene, scene.personal, code)).body).toMatchObject({ valid: true });
  });

  it("R24 R33 while the account must wait writes nothing", async () => {
    const { state, through } = disturbed(/^credentials\//, "overtaken");
    const scene = await aRecovery({ watched: anAppToWatch({ through }) });
    const code = codeAt(await proven(scene), scene.watched.clock.now());
    for (let n = 0; n < 5; n++) await verify(scene, scene.personal, wrongOf(code));
    state.writes = 0;
    expect((await verify(scene, scene.personal, code)).body).toEqual({ valid: false });
    expect(state.writes).toBe(0);
  });
});
