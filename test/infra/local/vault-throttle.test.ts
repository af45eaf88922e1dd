/** The vault's limit counts a window of ten seconds and weighs calls by key size. */
import { describe, expect, it } from "vitest";
import { createThrottle } from "../../../infra/local/vault/throttle.ts";

function aThrottle(limit: number | null) {
  const clock = { now: 0 };
  const throttle = createThrottle(limit, () => clock.now);
  const admitted = (times: number, call: { keySize?: 2048 | 3072 | 4096; makesKey: boolean }) =>
    Array.from({ length: times }, () => throttle.admit(call)).filter(Boolean).length;
  return { clock, throttle, admitted };
}

describe("R42 the vault's throttle", () => {
  const limits = [
    [2048, 2000],
    [3072, 500],
    [4096, 250],
  ] as const;
  it.each(limits)("admits %i-bit keys %i calls in ten seconds by default", (keySize, expected) => {
    expect(aThrottle(500).admitted(2500, { keySize, makesKey: false })).toBe(expected);
  });

  it("admits ten new keys", () => {
    expect(aThrottle(500).admitted(20, { makesKey: true })).toBe(10);
  });

  it("admits calls again when ten seconds have passed since the earlier ones", () => {
    const { clock, admitted } = aThrottle(2);
    expect(admitted(1, { makesKey: false })).toBe(1);
    clock.now = 9_000;
    expect(admitted(5, { makesKey: false })).toBe(1);
    clock.now = 10_000;
    expect(admitted(5, { makesKey: false })).toBe(1);
    clock.now = 19_000;
    expect(admitted(5, { makesKey: false })).toBe(1);
  });

  it("admits everything when it is off", () => {
    const { throttle, admitted } = aThrottle(1);
    throttle.limitTo(null);
    expect(admitted(100, { makesKey: true })).toBe(100);
  });
});
