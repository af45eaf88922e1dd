/** Two who complete one erasure: whoever comes late touches nothing of the owner's next life. */
import { describe, expect, it } from "vitest";
import { HoldLine } from "../../support/hold-line.ts";
import { overtaken, slower } from "../erasure-scene.ts";

describe.concurrent.each(Object.entries(slower))("%s", (_, each) => {
  it.each(["write owner-keys", "write owners"])("R8 R35 held before it makes its %s", async (call) => {
    const line = new HoldLine((made) => made.startsWith(`${call}/`));
    expect(await overtaken(each, line, call)).toBe(true);
  });
});
