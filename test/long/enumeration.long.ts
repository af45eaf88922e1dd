/** What a provider could learn by asking about accounts: nothing from the answer, nothing from its time. */
import { expect, it } from "vitest";
import { aProvablePersonal, aRecovery, bound, proven, providerCall } from "../support/step-up.ts";
import { aProviderToken } from "../support/tokens.ts";

const EACH = 1000;
const AT_ONCE = 10;

/** Two-sided p of the Mann-Whitney U test, by its normal approximation: fine for samples of this size. */
function mannWhitney(a: number[], b: number[]): number {
  const all = [...a.map((value) => ({ value, first: true })), ...b.map((value) => ({ value, first: false }))];
  const sorted = all.toSorted((x, y) => x.value - y.value);
  const ranks = sorted.reduce((sum, { first }, index) => sum + (first ? index + 1 : 0), 0);
  const u = ranks - (a.length * (a.length + 1)) / 2;
  const mean = (a.length * b.length) / 2;
  const deviation = Math.sqrt((a.length * b.length * (a.length + b.length + 1)) / 12);
  return 2 * (1 - normal(Math.abs(u - mean) / deviation));
}

/** Zelen and Severo's approximation of the normal distribution (Abramowitz and Stegun 26.2.17). */
function normal(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const polynomial = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  const tail = polynomial.reduce((sum, coefficient, power) => sum + coefficient * t ** (power + 1), 0);
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * tail;
}

/** One in a hundred is below 0.01 by chance alone: that happens twice in a row only where there is something to find. */
const AGAIN = { retry: 1 };

it(
  "F24 R33 known and unknown accounts: a thousand answers each, equal in everything, and in time",
  AGAIN,
  async () => {
    const scenes = await Promise.all(Array.from({ length: AT_ONCE }, () => aRecovery()));
    for (const scene of scenes) await proven(scene);
    const token = await aProviderToken("personal-sign-in", "Codes.Verify");
    const times = { known: [] as number[], unknown: [] as number[] };
    const bodies = new Set<string>();
    const ask = async (which: "known" | "unknown", scene: (typeof scenes)[number]) => {
      const account = bound(which === "known" ? scene.personal : aProvablePersonal());
      const startedAt = performance.now();
      const { status, body, headers } = await providerCall(
        scene.watched.app,
        "v1/codes/verify",
        { account, code: "000000" },
        token,
      );
      times[which].push(performance.now() - startedAt);
      const named = [...headers].filter(([name]) => name !== "x-request-id");
      bodies.add(JSON.stringify([status, body, named]));
    };
    await Promise.all(
      scenes.map(async (scene) => {
        for (let turn = 0; turn < EACH / AT_ONCE; turn++) {
          const order =
            Math.random() < 0.5 ? (["known", "unknown"] as const) : (["unknown", "known"] as const);
          for (const which of order) await ask(which, scene);
        }
      }),
    );
    expect(bodies.size).toBe(1);
    expect([times.known.length, times.unknown.length]).toEqual([EACH, EACH]);
    expect(mannWhitney(times.known, times.unknown)).toBeGreaterThan(0.01);
  },
);
