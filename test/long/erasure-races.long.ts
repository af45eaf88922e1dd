/** Two who complete one erasure, the slower one held at each of its calls while the owner begins anew: the new life is whole. */
import { describe, expect, it } from "vitest";
import { overtaken, slower } from "../functions/erasure-scene.ts";
import { HoldLine } from "../support/hold-line.ts";

const AT_ONCE = 6;

describe.each(Object.entries(slower))("%s", (_, each) => {
  it("R8 R35 held at any of its calls while another completes the erasure, it touches nothing of the new life", async () => {
    let at = each.first;
    for (let isOver = false; !isOver; at += AT_ONCE) {
      const calls = Array.from({ length: AT_ONCE }, (_, more) => at + more);
      const met = await Promise.all(
        calls.map((call) => overtaken(each, HoldLine.at(call), `held at ${call}`)),
      );
      isOver = met.includes(false);
    }
    expect(at).toBeGreaterThan(20);
  });
});
