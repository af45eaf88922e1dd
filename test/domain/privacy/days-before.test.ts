/** What the last letter tells of the days before: from state, record and log, each thing once. */
import { expect, it } from "vitest";
import { DAY, later } from "../../../lib/domain/clock.ts";
import { newId } from "../../../lib/domain/id.ts";
import type { Activity } from "../../../lib/domain/messages/activity.ts";
import { newRecord } from "../../../lib/domain/owner/owner-record.ts";
import { daysBefore } from "../../../lib/domain/privacy/days-before.ts";
import { unreadable } from "../../../lib/domain/sealing/seal.ts";
import { aDevice, aDeviceId, aHead, anOwnerId, aState, now } from "../builders.ts";

const at = (days: number) => later(now, -days * DAY);
const logOf = (...entries: Pick<Activity, "kind" | "at">[]) => ({
  read: async () => ({ entries: entries.map((each) => ({ id: newId(), ...each })), intact: true }),
});
const aRecoveryAt = (days: number) => ({
  id: newId(),
  device: aDeviceId(),
  record: newId(),
  endsAt: later(at(days), 7 * DAY),
});

const state = aState(
  aHead({ devices: [aDevice({ registeredAt: at(2) }), aDevice({ registeredAt: at(9) })] }),
  {
    recoveries: [aRecoveryAt(1), aRecoveryAt(2)],
  },
);
const record = { ...newRecord(), contactRemovedAt: at(3) };
const told = (activity: Parameters<typeof daysBefore>[0]["activity"]) =>
  daysBefore({ activity }, anOwnerId(), { state, record, until: now });

const KNOWN = [
  { kind: "recovered", times: 2, last: at(1) },
  { kind: "device-registered", times: 1, last: at(2) },
  { kind: "contact-removed", times: 1, last: at(3) },
];

it("R18 R35 state and record tell what the log doesn't know yet, of the last seven days", async () => {
  expect(await told(logOf())).toEqual(KNOWN);
});

it("R18 R35 what the log knows, too, counts once, and what it alone knows is added", async () => {
  const log = logOf(
    { kind: "recovered", at: at(1) },
    { kind: "recovered", at: at(0.5) },
    { kind: "exported", at: at(1) },
    { kind: "exported", at: at(8) },
    { kind: "step-up-failed", at: at(1) },
  );
  const [recovered, registered, removed] = KNOWN;
  expect(await told(log)).toEqual([
    { ...recovered, times: 3, last: at(0.5) },
    registered,
    { kind: "exported", times: 1, last: at(1) },
    removed,
  ]);
});

it("R35 R39 a log that is damaged stops nothing", async () => {
  expect(await told({ read: () => Promise.reject(unreadable()) })).toEqual(KNOWN);
});
