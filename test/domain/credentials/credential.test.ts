/** Device credentials: one for each device, each code accepted once, and none of an ended device. */
import { describe, expect, it } from "vitest";
import { DAY, later, SECOND } from "../../../lib/domain/clock.ts";
import {
  AccountCredentials,
  type Claim,
  type CredentialRequest,
  checkCode,
  withCredential,
  withEndedByProvider,
  withoutHolder,
  withResumed,
  withSuspended,
} from "../../../lib/domain/credentials/credential.ts";
import { hotp, stepAt } from "../../../lib/domain/credentials/one-time-code.ts";
import { lastEnd, reservation } from "../../../lib/domain/credentials/reservation.ts";
import { aDeviceId, anOwnerId, now, sha256Bytes } from "../builders.ts";
import { refusalOf } from "../refusals.ts";

const [owner, stranger, service] = [anOwnerId(), anOwnerId("stranger"), anOwnerId("service")];
const [oldPhone, newPhone] = [aDeviceId("old phone"), aDeviceId("new phone")];
const secretOf = (name: string) => sha256Bytes(name).subarray(0, 20);
const codeFor = (name: string): CredentialRequest => ({ type: "code", secret: secretOf(name) });
const after = (seconds: number) => later(now, seconds * SECOND);
/** The code that the device with that secret shows then. */
const shown = (name: string, time: Date) => hotp(secretOf(name), stepAt(time));

const issue = { owner, wanted: codeFor("old"), claim: "step-up" as const };
const one = withCredential(undefined, { ...issue, device: oldPhone }, now);
const two = withCredential(one, { ...issue, device: newPhone, wanted: codeFor("new") }, now);
const accepted = (credentials: AccountCredentials, code: string, time = now) =>
  checkCode(credentials, code, time).checked?.device;

describe("R14 F21 which codes are accepted", () => {
  it.each([
    [59, "94287082"],
    [1_111_111_109, "07081804"],
    [1_111_111_111, "14050471"],
    [1_234_567_890, "89005924"],
    [2_000_000_000, "69279037"],
    [20_000_000_000, "65353130"],
  ])("F21 R14 the last six digits at %i s of %s: RFC 6238 Appendix B", (seconds, code) => {
    const time = new Date(seconds * SECOND);
    const wanted: CredentialRequest = { type: "code", secret: Buffer.from("12345678901234567890") };
    const credentials = withCredential(undefined, { ...issue, device: oldPhone, wanted }, time);
    expect(accepted(credentials, code.slice(-6), time)).toBe(oldPhone);
    expect(accepted(credentials, code.slice(0, 6), time)).toBeUndefined();
  });

  it("F21 R14 one step early or late passes, two don't", () => {
    const later = after(3000);
    const offsets = [-90, -60, -30, 0, 30, 60, 90];
    expect(offsets.map((offset) => accepted(one, shown("old", after(3000 + offset)), later))).toEqual([
      undefined,
      undefined,
      oldPhone,
      oldPhone,
      oldPhone,
      undefined,
      undefined,
    ]);
  });

  it("F21 R14 each once: neither the same step again nor an earlier one", () => {
    const time = after(3000);
    for (const [first, refused, next] of [
      [0, [0, -30], 30],
      [30, [30, 0, -30], 60],
      [-30, [-30], 0],
    ] as const) {
      const used = checkCode(one, shown("old", after(3000 + first)), time).next;
      for (const offset of refused) {
        expect(accepted(used, shown("old", after(3000 + offset)), time)).toBeUndefined();
        expect(accepted(used, shown("old", after(3000 + offset)), after(3000 + first))).toBeUndefined();
      }
      expect(accepted(used, shown("old", after(3000 + next)), after(3000 + next))).toBe(oldPhone);
    }
  });

  it("R14 both devices' codes are valid at once, differ, and the answer names the device", () => {
    const [first, second] = [shown("old", now), shown("new", now)];
    expect(first).not.toBe(second);
    const used = checkCode(two, first, now);
    expect(used.checked).toEqual({ device: oldPhone });
    expect(checkCode(used.next, second, now).checked).toEqual({ device: newPhone });
    expect(accepted(used.next, first)).toBeUndefined();
  });

  it("R14 F21 a slow phone's code of the step before the issue counts, once", () => {
    const slow = shown("old", after(-30));
    const used = checkCode(one, slow, now);
    expect(used.checked).toEqual({ device: oldPhone });
    expect(accepted(used.next, slow)).toBeUndefined();
    expect(accepted(used.next, shown("old", now))).toBe(oldPhone);
  });

  it("R14 refuses earlier codes, which no device has shown", () => {
    for (const seconds of [-90, -60]) {
      const code = shown("old", after(seconds));
      const times = [seconds, seconds + 30, 0].map((each) => accepted(one, code, after(each)));
      expect({ seconds, times }).toEqual({ seconds, times: [undefined, undefined, undefined] });
    }
  });

  it.each(["", "12345", "1234567", "１２３４５６", "😀😀😀", "000000\u0000", "NaN"])(
    "F20 R14 %j is wrong like any other code",
    (code) => {
      expect(checkCode(one, code, now)).toEqual({
        checked: undefined,
        next: { ...one, failures: { count: 1, at: now } },
      });
    },
  );
});

describe("R14 R24 F2 guesses", () => {
  const afterGuesses = (count: number) => ({ ...one, failures: { count, at: now } });

  it("R24 wrong codes are counted, used ones too; a right one resets the count", () => {
    const wrong = checkCode(afterGuesses(2), "x", after(1)).next;
    expect(wrong.failures).toEqual({ count: 3, at: after(1) });
    const right = checkCode(wrong, shown("old", now), now).next;
    expect(right.failures).toEqual({ count: 0 });
    expect(checkCode(right, shown("old", now), now).next.failures.count).toBe(1);
  });

  it("F2 R24 after five even a right one must wait, and codes meanwhile change nothing", () => {
    const waiting = afterGuesses(5);
    for (const code of ["x", shown("old", now)]) {
      expect(checkCode(waiting, code, after(29))).toEqual({ checked: undefined, next: waiting });
    }
    expect(accepted(waiting, shown("old", after(30)), after(30))).toBe(oldPhone);
  });

  it("F2 R24 after a hundred nothing is accepted for a month, unless a new credential is issued", () => {
    const locked = afterGuesses(100);
    const time = later(now, 29 * DAY);
    expect(checkCode(locked, shown("old", time), time)).toEqual({ checked: undefined, next: locked });
    const anew = withCredential(locked, { ...issue, device: oldPhone, wanted: codeFor("anew") }, time);
    expect(accepted(anew, shown("anew", time), time)).toBe(oldPhone);
  });
});

describe("R14 R25 issuing and ending", () => {
  it("R25 a new secret ends the one before it, on that device only", () => {
    const anew = withCredential(two, { ...issue, device: oldPhone, wanted: codeFor("anew") }, now);
    expect(accepted(anew, shown("old", now))).toBeUndefined();
    expect(accepted(anew, shown("anew", now))).toBe(oldPhone);
    expect(accepted(anew, shown("new", now))).toBe(newPhone);
  });

  it("R17 an ended device's codes end with it, and it gets no new one; the other device continues", () => {
    const left = withoutHolder(two, { owner, device: oldPhone }, now) ?? expect.fail("nothing was ended");
    expect(accepted(left, shown("old", now))).toBeUndefined();
    expect(accepted(left, shown("new", now))).toBe(newPhone);
    for (const claim of ["renewal", "step-up", "provider"] as const) {
      const again = () => withCredential(left, { ...issue, device: oldPhone, claim }, now);
      expect(refusalOf(again).kind).toBe("device-revoked");
    }
    expect(withoutHolder(left, { owner, device: oldPhone }, now)).toEqual(left);
  });

  it("R17 ending before the first issue also ends an issue in progress", () => {
    const ended = withoutHolder(undefined, { owner, device: oldPhone }, now);
    expect(refusalOf(() => withCredential(ended, { ...issue, device: oldPhone }, now)).kind).toBe(
      "device-revoked",
    );
  });

  it("R33 another owner ends nothing, and gets nothing unless the provider vouches for them", () => {
    const theirs = { ...issue, owner: stranger, device: newPhone, wanted: codeFor("theirs") };
    expect(withoutHolder(two, { owner: stranger, device: oldPhone }, now)).toBeUndefined();
    expect(refusalOf(() => withCredential(two, theirs, now)).kind).toBe("account-bound-elsewhere");
    const moved = withCredential(two, { ...theirs, claim: "provider" as const }, now);
    expect(moved.holders.map(({ device }) => device)).toEqual([newPhone]);
    expect(moved.owner).toBe(stranger);
    for (const name of ["old", "new"]) expect(accepted(moved, shown(name, now))).toBeUndefined();
    expect(accepted(moved, shown("theirs", now))).toBe(newPhone);
  });

  it("R20 R33 belongs to nobody thirty days after the last credential ended, and then only step-up moves it", () => {
    const [first, second] = [after(1), after(2)];
    const left = withoutHolder(two, { owner, device: newPhone }, first);
    const none = withoutHolder(left, { owner, device: oldPhone }, second) ?? expect.fail("nothing was ended");
    expect(withoutHolder(none, { owner, device: oldPhone }, after(1000))).toEqual(none);
    const claimed = (claim: "renewal" | "step-up", by: typeof owner, time: Date) => () =>
      withCredential(none, { ...issue, owner: by, device: aDeviceId("another"), claim }, time).owner;
    const free = later(second, 30 * DAY);
    expect(refusalOf(claimed("step-up", stranger, later(free, -1))).kind).toBe("account-bound-elsewhere");
    expect(claimed("step-up", stranger, free)()).toBe(stranger);
    expect(refusalOf(claimed("renewal", stranger, free)).kind).toBe("account-bound-elsewhere");
    for (const claim of ["renewal", "step-up"] as const) expect(claimed(claim, owner, second)()).toBe(owner);
  });

  it("R20 R35 an account whose owner was erased is kept for them alone, and no renewal takes it", () => {
    const kept = reservation(service, "of the owner", now);
    const claimed = (claim: Claim, formerly: string | undefined, time: Date) => () =>
      withCredential(kept, { ...issue, owner: stranger, device: newPhone, claim, formerly }, time).owner;
    const free = later(now, 30 * DAY);
    for (const formerly of [undefined, "", "of another"])
      expect(refusalOf(claimed("step-up", formerly, later(free, -1))).kind).toBe("account-bound-elsewhere");
    expect(refusalOf(claimed("renewal", "of the owner", now)).kind).toBe("account-bound-elsewhere");
    for (const [claim, formerly, time] of [
      ["step-up", "of the owner", now],
      ["step-up", undefined, free],
      ["provider", undefined, now],
    ] as const)
      expect(claimed(claim, formerly, time)()).toBe(stranger);
  });

  it("R35 what is kept is for whom and since when: no code counts, none is counted, and it goes with a new credential", () => {
    const kept = reservation(service, "of the owner", now);
    expect(kept).toEqual({
      ...{ owner: service, formerOwner: "of the owner", lastEndedAt: now },
      ...{ holders: [], ended: [], failures: { count: 0 } },
    });
    expect(checkCode(kept, "123456", now)).toEqual({ checked: undefined, next: kept });
    for (const device of [oldPhone, undefined])
      expect(withEndedByProvider(kept, device, now)).toBeUndefined();
    const anew = withCredential(kept, { ...issue, device: newPhone, formerly: "of the owner" }, now);
    expect(anew).toEqual({ ...one, holders: [expect.objectContaining({ device: newPhone })] });
    expect(AccountCredentials.parse(JSON.parse(JSON.stringify(kept)))).toEqual(kept);
  });

  it("R35 the last credential ends with the erasure; where there is none, it ended before, or there never was one", () => {
    expect(lastEnd(one, after(9))).toEqual(after(9));
    expect(lastEnd({ holders: [], lastEndedAt: now }, after(9))).toEqual(now);
    expect(lastEnd({ holders: [] }, after(9))).toBeUndefined();
  });

  it("R25 a renewal issues nothing if nothing was proven", () => {
    const anew = () => withCredential(undefined, { ...issue, device: oldPhone, claim: "renewal" }, now);
    expect(refusalOf(anew).kind).toBe("account-bound-elsewhere");
  });

  it("R14 nothing is changed in place, and it round-trips through JSON with a newer instance's members", () => {
    const before = structuredClone(two);
    checkCode(two, shown("old", now), now);
    withoutHolder(two, { owner, device: oldPhone }, now);
    withCredential(two, { ...issue, device: oldPhone }, now);
    expect(two).toEqual(before);
    expect(AccountCredentials.parse(JSON.parse(JSON.stringify(two)))).toEqual(two);
    expect(AccountCredentials.parse({ ...two, more: 1 })).toEqual({ ...two, more: 1 });
  });
});

describe("R17 suspended devices", () => {
  const suspended = withSuspended(two, oldPhone) ?? expect.fail("nothing to suspend");

  it("R17 R14 its codes neither count nor use anything up; other devices' codes do, and its own after it is resumed", () => {
    const wrong = checkCode(suspended, shown("old", now), now);
    expect(wrong).toMatchObject({ checked: undefined, next: { holders: suspended.holders } });
    expect(accepted(suspended, shown("new", now))).toBe(newPhone);
    const resumed = withResumed(suspended, oldPhone);
    expect(resumed).toEqual(two);
    expect(resumed && accepted(resumed, shown("old", now))).toBe(oldPhone);
  });

  it("R17 it gets no other credential; without credentials there is nothing to suspend or resume", () => {
    const again = () => withCredential(suspended, { ...issue, device: oldPhone }, now);
    expect(refusalOf(again).kind).toBe("device-revoked");
    for (const change of [withSuspended, withResumed]) {
      expect(change(undefined, oldPhone)).toBeUndefined();
      expect(change(two, aDeviceId("another"))).toBeUndefined();
    }
  });

  it("R17 credentials ended meanwhile stay ended", () => {
    const ended = withoutHolder(suspended, { owner, device: oldPhone }, now);
    expect(withResumed(ended, oldPhone)).toBeUndefined();
    expect(ended?.ended).toContain(oldPhone);
  });

  it("R17 stays suspended, however many devices end after it", () => {
    let held: AccountCredentials | undefined = suspended;
    for (let at = 0; at < 250; at++)
      held = withoutHolder(held, { owner, device: aDeviceId(`ended ${at}`) }, now);
    expect(held?.ended).toHaveLength(201);
    expect(held && accepted(held, shown("old", now))).toBeUndefined();
  });
});
