/** Who is young, and until when. */
import { describe, expect, it } from "vitest";
import { HOUR, later } from "../../../lib/domain/clock.ts";
import { youngUntil } from "../../../lib/domain/devices/young.ts";
import { now } from "../builders.ts";

const first = { registeredAt: later(now, -1000 * HOUR) };
const COOLING_OFF = 72;
const cameBefore = (hours: number) => ({ registeredAt: later(now, -hours * HOUR) });

describe("R45 a device is young", () => {
  it.each([
    ["that came a moment ago", 0, later(now, 72 * HOUR)],
    ["until the cooling-off time is over", 71, later(now, HOUR)],
    ["and no longer", 72, undefined],
  ])("R45 %s", (_, hours, until) => {
    const device = cameBefore(hours);
    expect({ until: youngUntil(device, [first, device], COOLING_OFF, now) }).toEqual({ until });
  });

  it("R45 never, if it is the owner's first", () => {
    const device = cameBefore(0);
    expect({ until: youngUntil(device, [device], COOLING_OFF, now) }).toEqual({ until: undefined });
    const together = youngUntil(device, [device, cameBefore(0)], COOLING_OFF, now);
    expect({ until: together }).toEqual({ until: undefined });
  });

  it("R45 no longer once a code to an older contact was entered on it", () => {
    const device = { ...cameBefore(0), contactCodeAt: now };
    expect({ until: youngUntil(device, [first, device], COOLING_OFF, now) }).toEqual({ until: undefined });
  });
});
