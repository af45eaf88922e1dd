/** The activity log's anchor: how far the log reaches after another line. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../../lib/domain/hash.ts";
import {
  ACTIVITIES,
  Activity,
  type ActivityKind,
  Anchor,
  anchorAfter,
  emptyLog,
} from "../../../lib/domain/messages/activity.ts";
import { announce, LetterKind } from "../../../lib/domain/messages/announcement.ts";
import { aContact, aDevice, aDeviceId, anOwnerId, now } from "../builders.ts";
import { holds } from "../holds.ts";
import { MemoryOutbox } from "../memory-stores.ts";

const anActivity = (id: string): Activity => ({
  id,
  kind: "recovered",
  at: now,
  device: { id: aDeviceId(), name: "Anna's phone" },
});
/** Lines as written: base64url and a line feed. */
const line = fc.base64String({ minLength: 4, maxLength: 60 }).map((text) => `${text.replace(/=+$/, "")}\n`);
const lines = fc.array(line, { maxLength: 120, size: "max" });
const after = (all: string[]): Anchor =>
  all.reduce((anchor, each, index) => anchorAfter(anchor, each, anActivity(`${index}`)), emptyLog);

describe("R35 the anchor", () => {
  it("R35 knows the length in bytes, the last line's digest and the last fifty entries, newest first", () => {
    holds(
      fc.property(lines, (all) => {
        const last = all.at(-1);
        expect(after(all)).toEqual({
          length: Buffer.byteLength(all.join("")),
          tip: last === undefined ? "" : sha256(last),
          recent: all
            .map((_, index) => `${index}`)
            .toReversed()
            .slice(0, 50),
        });
      }),
    );
  });

  it("R35 never goes back, and is the same wherever reading resumes", () => {
    holds(
      fc.property(lines, fc.nat({ max: 120 }), (all, at) => {
        const part = after(all.slice(0, at));
        const resumed = all
          .slice(at)
          .reduce((anchor, each, index) => anchorAfter(anchor, each, anActivity(`${at + index}`)), part);
        expect(resumed).toEqual(after(all));
        expect(part.length).toBeLessThanOrEqual(resumed.length);
      }),
    );
  });

  it("R35 a changed, missing or swapped line at the end shows", () => {
    holds(
      fc.property(lines, line, line, (all, a, b) => {
        fc.pre(a !== b);
        const [{ tip }, ...others] = [
          after([...all, a, b]),
          after([...all, b, a]),
          after([...all, a]),
          after([...all, a, `x${b}`]),
        ] as const;
        for (const other of others) expect(other.tip).not.toBe(tip);
      }),
    );
  });

  it("R35 doesn't change the former anchor", () => {
    const former = after(["one\n"]);
    const before = structuredClone(former);
    anchorAfter(former, "two\n", anActivity("two"));
    expect(former).toEqual(before);
    expect(emptyLog).toEqual({ length: 0, tip: "", recent: [] });
    expect(Anchor.parse(JSON.parse(JSON.stringify(former)))).toEqual(former);
  });
});

const isTold = (kind: ActivityKind): kind is Extract<ActivityKind, LetterKind> =>
  LetterKind.safeParse(kind).success;

it("R33 R34 an entry holds only what happened, when and on which device, whatever else is known", async () => {
  for (const kind of ACTIVITIES) {
    const outbox = new MemoryOutbox();
    const more = { account: "x", contact: "x", address: "x", userName: "x" };
    const about = { id: "id", now, recovery: "recovery", device: { ...aDevice(), ...more }, ...more };
    const told = isTold(kind)
      ? { ...about, kind, recipients: [aContact()] }
      : { ...about, kind, recipients: [] };
    await announce(outbox, anOwnerId(), told);
    const entry = { ...anActivity("id"), kind, recovery: "recovery" };
    expect(outbox.items).toMatchObject([{ item: { type: "announcement" } }]);
    expect(outbox.items.map(({ item }) => "activity" in item && item.activity)).toStrictEqual([entry]);
    expect(Activity.parse(JSON.parse(JSON.stringify(entry)))).toEqual(entry);
  }
});

it("R35 an entry round-trips with members that a newer instance added", () => {
  const entry = { ...anActivity("id"), more: 1 };
  expect(Activity.parse(JSON.parse(JSON.stringify(entry)))).toEqual(entry);
});
