/** Two who complete one erasure: whoever comes late with a deletion touches nothing of the owner's next life. */
import { describe, expect, it } from "vitest";
import { HoldLine } from "../support/hold-line.ts";
import { overtaken, slower } from "./erasure-scene.ts";

describe.concurrent.each(Object.entries(slower))("%s", (_, each) => {
  it.each(["owner-keys", "heads"])("R8 R35 held before it deletes from %s", async (folder) => {
    const line = new HoldLine((call) => call.startsWith(`delete ${folder}/`));
    expect(await overtaken(each, line, folder)).toBe(true);
  });
});
