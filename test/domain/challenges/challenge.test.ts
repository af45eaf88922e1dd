/** Challenges: their codes, which answers count, how many are allowed, and that each passes once. */
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  type Answered,
  countTry,
  expiresAt,
  hashCode,
  newCode,
  pass,
  requireNotThrottled,
  withChallenge,
  wrongAnswer,
} from "../../../lib/domain/challenges/challenge.ts";
import { type Failures, noFailures, secondsLeft } from "../../../lib/domain/challenges/throttle.ts";
import { later, SECOND } from "../../../lib/domain/clock.ts";
import type { OwnerRecord } from "../../../lib/domain/owner/owner-record.ts";
import { aChallenge, aContactChallenge, aDeviceId, anId, aRecord, keyedHash, now } from "../builders.ts";
import { refusalOf } from "../refusals.ts";

const after = (seconds: number) => later(now, seconds * SECOND);
const challenge = aChallenge();
const answered: Answered = { id: challenge.id, device: challenge.device, kinds: ["code"] };
const open = aRecord({ challenges: [challenge] });

/** The record after `count` wrong answers to its challenge. */
const afterTries = (count: number, record = open, at = now): OwnerRecord =>
  count === 0 ? record : afterTries(count - 1, countTry(record, answered, at).record, at);

afterEach(() => void vi.restoreAllMocks());

describe("F3 R24 codes", () => {
  it("F3 R24 are six digits, each of a million as likely as any other", () => {
    const codes = Array.from({ length: 100_000 }, newCode);
    expect(codes.filter((code) => !/^[0-9]{6}$/.test(code))).toEqual([]);
    for (const digits of [codes.map((code) => code.slice(0, 3)), codes.map((code) => code.slice(3))]) {
      const counts = Array.from({ length: 1000 }, () => 0);
      for (const each of digits) counts[Number(each)] = (counts[Number(each)] ?? 0) + 1;
      const chiSquare = counts.reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0);
      /** 999 degrees of freedom: six standard deviations either side of the mean. */
      expect(chiSquare).toBeGreaterThan(999 - 6 * Math.sqrt(2 * 999));
      expect(chiSquare).toBeLessThan(999 + 6 * Math.sqrt(2 * 999));
    }
  });

  it("F3 R24 don't depend on Math.random", () => {
    const random = vi.spyOn(Math, "random").mockReturnValue(0);
    expect(new Set(Array.from({ length: 1000 }, newCode)).size).toBeGreaterThan(900);
    expect(random).not.toHaveBeenCalled();
  });

  it("F3 F4 R24 are stored as a keyed hash, a different one for every challenge and code", async () => {
    const hashes = await Promise.all(
      [
        [anId("one"), "123456"],
        [anId("one"), "123457"],
        [anId("two"), "123456"],
      ].map(([id = "", code = ""]) => hashCode(keyedHash, id, code)),
    );
    expect(new Set(hashes).size).toBe(3);
    const others = { hash: (_: string, text: string) => keyedHash.hash("ticket", text) };
    expect(await hashCode(others, anId("one"), "123456")).not.toBe(hashes[0]);
  });
});

describe("F3 F4 R24 which answers count", () => {
  it.each([0, 1, 599, 599.999])("F3 R24 a challenge is answered %d s later", (seconds) => {
    expect(countTry(open, answered, after(seconds)).challenge).toEqual({ ...challenge, attempts: 1 });
  });

  it("F3 R24 it ends after exactly ten minutes", () => {
    expect(expiresAt(challenge)).toEqual(after(600));
    for (const seconds of [600, 601, 6000]) {
      expect(refusalOf(() => countTry(open, answered, after(seconds))).kind).toBe("challenge-not-found");
    }
  });

  it("F4 R24 another device, kind or id, an ended challenge and none at all are refused alike", () => {
    const dead = aRecord({ challenges: [aChallenge({ attempts: 5 })] });
    const contact = aRecord({ challenges: [aContactChallenge({ id: challenge.id })] });
    const refusals = [
      () => countTry(open, { ...answered, device: aDeviceId("other") }, now),
      () => countTry(open, { ...answered, kinds: ["ticket"] }, now),
      () => countTry(open, { ...answered, kinds: ["contact"] }, now),
      () => countTry(open, { ...answered, kinds: [] }, now),
      () => countTry(open, { ...answered, id: anId("other") }, now),
      () => countTry(contact, answered, now),
      () => countTry(aRecord(), answered, now),
      () => countTry(dead, answered, now),
      () => countTry(open, answered, after(600)),
      () => pass(aRecord(), challenge),
    ].map(refusalOf);
    const [first] = refusals;
    expect(first?.kind).toBe("challenge-not-found");
    for (const { kind, message, details } of refusals) {
      expect({ kind, message, details }).toEqual({ kind, message: first?.message, details: {} });
    }
  });

  it("F4 R24 refused answers aren't counted", () => {
    const before = structuredClone(open);
    refusalOf(() => countTry(open, { ...answered, device: aDeviceId("other") }, now));
    expect(open).toEqual(before);
  });
});

describe("F1 R24 tries", () => {
  it("F1 R24 each try is counted before the comparison, on the challenge and on the owner", () => {
    const other = aChallenge({ id: anId("other"), recovery: anId("other") });
    const record = aRecord({ challenges: [other, challenge], failures: { count: 3, at: now } });
    const { challenge: tried, record: next } = countTry(record, answered, after(10));
    expect(tried.attempts).toBe(1);
    expect(next.challenges).toEqual([other, tried]);
    expect(next.failures).toEqual({ count: 4, at: after(10) });
  });

  it("F1 R24 the fifth ends the challenge, whatever the answer and however long one waits", () => {
    const left = [1, 2, 3, 4, 5].map((count) => {
      const [tried = challenge] = afterTries(count).challenges;
      return wrongAnswer(tried).details.triesLeft;
    });
    expect(left).toEqual([4, 3, 2, 1, 0]);
    for (const seconds of [0, 30, 599]) {
      expect(refusalOf(() => countTry(afterTries(5), answered, after(seconds))).kind).toBe(
        "challenge-not-found",
      );
    }
  });

  it("F2 R24 a new challenge doesn't reset the owner's failures", () => {
    const next = withChallenge(afterTries(5), aChallenge({ id: anId("next") }), now);
    expect(next.failures.count).toBe(5);
    const again = { ...answered, id: anId("next") };
    const { kind, details } = refusalOf(() => countTry(next, again, after(10)));
    expect({ kind, details }).toEqual({ kind: "too-many-tries", details: { retryAfterSeconds: 20 } });
    expect(countTry(next, again, after(30)).record.failures.count).toBe(6);
  });

  it("R23 R24 a ticket can't be guessed: no waits and no counted failures, but still five tries", () => {
    const { subject: _, codeHash: __, ...shared } = challenge;
    const failures = { count: 100, at: now };
    let record = aRecord({ challenges: [{ ...shared, kind: "ticket" }], failures });
    const ticket: Answered = { ...answered, kinds: ["ticket"] };
    for (let n = 0; n < 5; n++) record = countTry(record, ticket, now).record;
    expect(record.failures).toEqual(failures);
    expect(refusalOf(() => countTry(record, ticket, now)).kind).toBe("challenge-not-found");
  });

  it("F2 R24 a wait is given in seconds, after a hundred failures a month", () => {
    const at = (count: number) => aRecord({ failures: { count, at: now } });
    expect(() => requireNotThrottled(at(4), now)).not.toThrow();
    expect(() => requireNotThrottled(aRecord(), now)).not.toThrow();
    expect(refusalOf(() => requireNotThrottled(at(20), now)).details.retryAfterSeconds).toBe(86_400);
    expect(refusalOf(() => requireNotThrottled(at(100), now)).details.retryAfterSeconds).toBe(30 * 86_400);
  });
});

const isOver = ({ count }: Failures) => count >= 100;

describe("F5 R24 passing", () => {
  it("F5 R24 removes the challenge and takes all failures back", () => {
    const other = aChallenge({ id: anId("other"), recovery: anId("other") });
    const record = withChallenge(afterTries(3), other, now);
    expect(pass(record, challenge)).toEqual(aRecord({ challenges: [other], failures: noFailures }));
  });

  it("F5 R24 happens once, even if two answers were counted at the same time", () => {
    const passed = pass(afterTries(2), challenge);
    expect(refusalOf(() => pass(passed, challenge)).kind).toBe("challenge-not-found");
    expect(refusalOf(() => countTry(passed, answered, now)).kind).toBe("challenge-not-found");
  });

  it("F2 R24 confirming a contact proves no account: it takes back its own tries and no others", () => {
    const own = aContactChallenge();
    const confirming: Answered = { id: own.id, device: own.device, kinds: ["contact"] };
    const guessed = withChallenge(afterTries(4), own, now);
    const mistyped = countTry(guessed, confirming, now).record;
    const { challenge: right, record } = countTry(mistyped, confirming, after(60));
    expect(pass(record, right).failures.count).toBe(4);
  });

  it("F2 R24 confirming one's own contacts between guesses gains no guess: still at most a hundred", () => {
    const own = aContactChallenge();
    const confirming: Answered = { id: own.id, device: own.device, kinds: ["contact"] };
    let [record, time, guesses] = [aRecord(), now, 0];
    const wait = () => {
      time = later(time, secondsLeft(record.failures, time) * SECOND);
    };
    while (!isOver(record.failures) && guesses < 1000) {
      wait();
      record = withChallenge(record, aChallenge({ createdAt: time }), time);
      record = countTry(record, answered, time).record;
      guesses += 1;
      wait();
      if (isOver(record.failures)) break;
      record = withChallenge(record, aContactChallenge({ createdAt: time }), time);
      record = pass(countTry(record, confirming, time).record, own);
    }
    expect(guesses).toBe(100);
  });
});
