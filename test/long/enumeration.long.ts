/** What a provider learns by asking about accounts: nothing from the answer, nothing from its time. */
import { expect, it } from "vitest";
import { waitFor } from "../../lib/domain/challenges/throttle.ts";
import { later, SECOND } from "../../lib/domain/clock.ts";
import { aProvablePersonal, aRecovery, bound, codeAt, proven, providerCall } from "../support/step-up.ts";
import { aProviderToken } from "../support/tokens.ts";

const EACH = 1000;
const ACCOUNTS = 10;
/** So few that each check ends within its fixed time: beyond it, there is nothing to measure. */
const AT_ONCE = 2;

type Which = "known" | "unknown";

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

/** One run in a hundred is below 0.01 by chance; twice in a row only if there is a difference. */
const AGAIN = { retry: 1 };

type Scene = Awaited<ReturnType<typeof aRecovery>> & { uri: string };

async function aScene(): Promise<Scene> {
  const scene = await aRecovery();
  return { ...scene, uri: await proven(scene) };
}

/** A wrong code for every step nearby: one in a thousand random ones would be right. */
function aWrongCode({ uri, watched }: Scene): string {
  const right = [-30, 0, 30].map((seconds) => codeAt(uri, later(watched.clock.now(), seconds * SECOND)));
  return ["000000", "111111", "222222", "333333"].find((code) => !right.includes(code)) ?? "";
}

/**
 * Asks known and unknown in turns and in either order. The clock passes the wait, so that each code is
 * compared and each failure counted.
 */
async function askByTurns(scene: Scene, ask: (which: Which, scene: Scene) => Promise<void>): Promise<void> {
  for (let turn = 0; turn < EACH / ACCOUNTS; turn++) {
    scene.watched.clock.pass(waitFor({ count: turn }) + SECOND);
    const order = Math.random() < 0.5 ? (["known", "unknown"] as const) : (["unknown", "known"] as const);
    for (const which of order) await ask(which, scene);
  }
  const held = await scene.watched.app.services.credentials.find(bound(scene.personal));
  expect(held?.value.failures.count).toBe(EACH / ACCOUNTS);
}

it(
  "F24 R33 known and unknown accounts: a thousand answers each, equal in everything, and in time",
  AGAIN,
  async () => {
    const scenes: Scene[] = [];
    for (let n = 0; n < ACCOUNTS; n++) scenes.push(await aScene());
    const token = await aProviderToken("personal-sign-in", "Codes.Verify");
    const times: Record<Which, number[]> = { known: [], unknown: [] };
    const bodies = new Set<string>();
    const ask = async (which: Which, scene: Scene) => {
      const account = bound(which === "known" ? scene.personal : aProvablePersonal());
      const { app } = scene.watched;
      const question = { account, code: aWrongCode(scene) };
      const startedAt = performance.now();
      const { status, body, headers } = await providerCall(app, "v1/codes/verify", question, token);
      times[which].push(performance.now() - startedAt);
      const named = [...headers].filter(([name]) => name !== "x-request-id");
      bodies.add(JSON.stringify([status, body, named]));
    };
    const client = async () => {
      for (let scene = scenes.pop(); scene; scene = scenes.pop()) await askByTurns(scene, ask);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, client));
    expect([...bodies]).toHaveLength(1);
    expect({ known: times.known.length, unknown: times.unknown.length }).toEqual({
      known: EACH,
      unknown: EACH,
    });
    expect(mannWhitney(times.known, times.unknown)).toBeGreaterThan(0.01);
  },
);
