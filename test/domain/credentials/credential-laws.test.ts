/** Laws of device credentials, in any order of issuing, checking, waiting and ending. */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { noFailures, secondsLeft } from "../../../lib/domain/challenges/throttle.ts";
import { DAY, later, SECOND } from "../../../lib/domain/clock.ts";
import {
  type AccountCredentials,
  checkCode,
  withCredential,
  withoutHolder,
} from "../../../lib/domain/credentials/credential.ts";
import { hotp, stepAt } from "../../../lib/domain/credentials/one-time-code.ts";
import { Failure } from "../../../lib/domain/failure.ts";
import { aDeviceId, anOwnerId, now, sha256Bytes } from "../builders.ts";
import { holds } from "../holds.ts";

const OWNERS = ["anna", "berit"].map(anOwnerId);
const DEVICES = ["one", "two", "three"].map(aDeviceId);

/**
 * A secret that was made: its owner and device, and the last step whose code no longer counts, at first two
 * before the issue.
 */
type Made = { secret: Buffer; owner: number; device: number; last: number; valid: boolean };

const owner = fc.constantFrom(0, 0, 0, 1);
const device = fc.nat({ max: 2 });
const step = fc.oneof(
  fc.record({ do: fc.constant("issue" as const), owner, device, takesOver: fc.boolean() }),
  fc.record({
    do: fc.constant("check" as const),
    which: fc.nat(),
    offset: fc.integer({ min: -2, max: 2 }),
  }),
  fc.record({
    do: fc.constant("check" as const),
    which: fc.constant(0),
    offset: fc.integer({ min: -1, max: 1 }),
  }),
  fc.record({ do: fc.constant("end" as const), owner, device }),
  fc.record({ do: fc.constant("wait" as const), seconds: fc.integer({ min: 0, max: 120 }) }),
  fc.record({ do: fc.constant("wait" as const), seconds: fc.constantFrom(29 * 86_400, 30 * 86_400) }),
);

/** The service's own state, beside what a bystander has seen. */
class Scene {
  held: AccountCredentials | undefined;
  time = now;
  readonly made: Made[] = [];
  readonly ended = new Set<string>();
  accepted = 0;

  issue(by: number, which: number, takesOver: boolean): void {
    const [owner, device] = [OWNERS[by] ?? anOwnerId(), DEVICES[which] ?? aDeviceId()];
    const secret = sha256Bytes(`secret ${this.made.length}`).subarray(0, 20);
    const leaves = this.held !== undefined && this.held.owner !== owner;
    const isReserved = later(this.held?.lastEndedAt ?? new Date(0), 30 * DAY) > this.time;
    const isElsewhere = leaves && (isReserved || (this.held?.holders.length ?? 0) > 0);
    try {
      const asked = { owner, device, wanted: { type: "code" as const, secret } };
      this.held = withCredential(
        this.held,
        { ...asked, claim: takesOver ? "provider" : "step-up" },
        this.time,
      );
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      expect(error.kind).toBe(isElsewhere ? "account-bound-elsewhere" : "device-revoked");
      const isAllowed = isElsewhere ? takesOver : !this.ended.has(`${by} ${which}`);
      expect({ refused: error.kind, isAllowed }).toEqual({ refused: error.kind, isAllowed: false });
      return;
    }
    if (leaves) this.ended.clear();
    const hadEnded = this.ended.has(`${by} ${which}`);
    const wasHeldElsewhere = isElsewhere && !takesOver;
    expect({ wasHeldElsewhere, hadEnded }).toEqual({ wasHeldElsewhere: false, hadEnded: false });
    for (const each of this.made) if (each.owner !== by || each.device === which) each.valid = false;
    const last = stepAt(this.time) - 2;
    this.made.unshift({ secret, owner: by, device: which, last, valid: true });
  }

  check(which: number, offset: number): void {
    const shown = this.made[which % Math.max(1, this.made.length)];
    if (!shown || !this.held) return;
    const step = stepAt(this.time) + offset;
    const { failures } = this.held;
    const mayPass = secondsLeft(failures, this.time) === 0;
    const isRight = shown.valid && Math.abs(offset) <= 1 && step > shown.last;
    const { checked, next } = checkCode(this.held, hotp(shown.secret, step), this.time);
    expect(checked).toEqual(isRight && mayPass ? { device: DEVICES[shown.device] } : undefined);
    if (checked) [shown.last, this.accepted] = [step, this.accepted + 1];
    if (checked) expect(next.failures).toEqual(noFailures);
    else if (mayPass) expect(next.failures).toEqual({ count: failures.count + 1, at: this.time });
    else expect(next).toEqual(this.held);
    this.held = next;
  }

  end(by: number, which: number): void {
    const [owner, device] = [OWNERS[by] ?? anOwnerId(), DEVICES[which] ?? aDeviceId()];
    const next = withoutHolder(this.held, { owner, device }, this.time);
    expect(next === undefined).toBe(this.held !== undefined && this.held.owner !== owner);
    if (!next) return;
    this.held = next;
    this.ended.add(`${by} ${which}`);
    for (const each of this.made) if (each.owner === by && each.device === which) each.valid = false;
  }
}

it("R14 R17 R25 F21 no code of an ended device or secret is ever accepted, no step twice, and every other one is", () => {
  let accepted = 0;
  holds(
    fc.property(fc.array(step, { maxLength: 40, size: "max" }), (steps) => {
      const scene = new Scene();
      for (const each of steps) {
        if (each.do === "issue") scene.issue(each.owner, each.device, each.takesOver);
        if (each.do === "check") scene.check(each.which, each.offset);
        if (each.do === "end") scene.end(each.owner, each.device);
        if (each.do === "wait") scene.time = later(scene.time, each.seconds * SECOND);
      }
      accepted += scene.accepted;
    }),
    500,
  );
  expect(accepted, "the sequences must hold codes that are accepted").toBeGreaterThan(500);
});
