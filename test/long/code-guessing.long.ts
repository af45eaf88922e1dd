/** Guessing codes for years: it never pays. */
import { expect, it } from "vitest";
import { SECOND } from "../../lib/domain/clock.ts";
import { aRecovery, codeAt, proven, verify } from "../support/step-up.ts";

it("R24 after a hundred wrong codes in a row, not even a right one passes for a month", async () => {
  const scene = await aRecovery();
  const uri = await proven(scene);
  const { watched, personal } = scene;
  for (let n = 0; n < 100; n++) {
    await verify(scene, personal, "000000");
    watched.clock.pass(25 * 3600 * SECOND);
  }
  expect((await verify(scene, personal, codeAt(uri, watched.clock.now()))).body).toEqual({ valid: false });
});
