/** An erasure that is cut off at any of its steps: whoever comes next completes it, and the owner can begin anew. */
import { describe, expect, it } from "vitest";
import type { Blobs } from "../../lib/azure/stores/blobs.ts";
import { Failure } from "../../lib/domain/failure.ts";
import { expectErased } from "../functions/erased.ts";
import { anOwnerWithBackup } from "../functions/helpers.ts";
import { everythingOf } from "../functions/stored.ts";
import { aPhone } from "../support/phones.ts";
import { anAppToWatch, aRecovery, proven, recover } from "../support/step-up.ts";
import { sweep } from "../support/sweeping.ts";

const erase = (phone: { call: Awaited<ReturnType<typeof aRecovery>>["phone"]["call"] }) =>
  phone.call("DELETE", "v1/me?confirm=erase-everything");

describe("an erasure that is cut off", () => {
  /** Lets so many writes and deletions through, in both accounts, then none; `left` starts anew what was cut off. */
  function aCutStorage() {
    const state = { left: Number.POSITIVE_INFINITY };
    const pass = async <T>(work: () => Promise<T>): Promise<T> => {
      state.left -= 1;
      if (state.left >= 0) return await work();
      throw new Failure("storage-unavailable", "cut off", { retryAfterSeconds: 5 });
    };
    const through = (blobs: Blobs): Blobs => ({
      ...blobs,
      write: (...of) => pass(() => blobs.write(...of)),
      delete: (...of) => pass(() => blobs.delete(...of)),
    });
    return { state, through };
  }

  async function cutOff(at: number) {
    const { state, through } = aCutStorage();
    const watched = anAppToWatch({ through });
    const scene = await aRecovery({ watched });
    await proven(scene);
    state.left = at;
    const { status } = await erase(scene.phone);
    state.left = Number.POSITIVE_INFINITY;
    return { ...scene, status };
  }

  /** Of one whole erasure of such an owner. */
  async function stepsOf(): Promise<number> {
    const { state, through } = aCutStorage();
    const scene = await aRecovery({ watched: anAppToWatch({ through }) });
    await proven(scene);
    state.left = 1000;
    expect((await erase(scene.phone)).status).toBe(204);
    return 1000 - state.left;
  }

  it("R35 R32 at any step is completed by the sweep, and the owner can begin anew", async () => {
    const steps = await stepsOf();
    expect(steps).toBeGreaterThan(5);
    for (let at = 1; at < steps; at++) {
      const scene = await cutOff(at);
      expect([204, 503], `cut off at ${at}`).toContain(scene.status);
      await sweep(scene.watched, "owners", scene.owner);
      await expectErased(scene.owner, { hadContact: true, said: `cut off at ${at}` });
      const { phone } = await anOwnerWithBackup({ owner: scene.owner, app: scene.watched.app });
      expect((await recover(phone)).status, `cut off at ${at}`).toBe(200);
      const other = await aRecovery({ watched: scene.watched, personal: scene.personal });
      await proven(other);
    }
  });

  it("R35 R7 whoever begins anew after that finds nothing of the former life, and loses nothing of the new one", async () => {
    const steps = await stepsOf();
    for (let at = 1; at < steps; at++) {
      const scene = await cutOff(at);
      const later = await aPhone({ owner: scene.owner, app: scene.watched.app });
      const seen = await later.call("GET", "v1/backups/android");
      if (seen.status === 403 && Object.keys(await everythingOf(scene.owner)).length > 0) {
        await scene.phone.call("GET", "v1/backups");
      }
      await sweep(scene.watched, "owners", scene.owner);
      await anOwnerWithBackup({ owner: scene.owner, app: scene.watched.app });
      await sweep(scene.watched, "owners", scene.owner);
      expect((await recover(later)).status, `cut off at ${at}`).toBe(200);
    }
  });
});
