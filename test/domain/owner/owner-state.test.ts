/** Which recoveries of an owner are open: each device's newest; no device drives out those of others. */
import { expect, it } from "vitest";
import { HOUR, later } from "../../../lib/domain/clock.ts";
import {
  newState,
  type OpenRecovery,
  type OwnerState,
  withRecovery,
} from "../../../lib/domain/owner/owner-state.ts";
import { aDeviceId, now } from "../builders.ts";

const anOpen = (id: string, device = "phone", change: Partial<OpenRecovery> = {}): OpenRecovery => ({
  id,
  device: aDeviceId(device),
  record: `record of ${id}`,
  endsAt: later(now, HOUR),
  ...change,
});
const times = <T>(count: number, make: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => make(at));
/** The oldest first. */
const stateWith = (opened: OpenRecovery[]) =>
  opened.reduce((state, open) => withRecovery(state, open, now), newState());
const idsIn = ({ recoveries }: OwnerState) => recoveries.map(({ id }) => id);

it("R10 the newest comes first, and nothing else of the owner changes", () => {
  const state = { ...newState(), changes: ["a change"] };
  const [one, two] = [anOpen("one"), anOpen("two", "other")];
  expect(withRecovery(withRecovery(state, one, now), two, now)).toEqual({ ...state, recoveries: [two, one] });
});

it("R46 a device has at most five open: another ends its own oldest, regardless of others", () => {
  const opened = [anOpen("other", "other"), ...times(6, (at) => anOpen(`${at}`))];
  expect(idsIn(stateWith(opened))).toEqual(["5", "4", "3", "2", "1", "other"]);
});

it("R46 an owner has at most twenty open: another ends the oldest", () => {
  const opened = times(21, (at) => anOpen(`${at}`, `phone ${at}`));
  expect(idsIn(stateWith(opened))).toEqual(times(20, (at) => `${20 - at}`));
});

it("R46 ended ones make room: no open one ends for it", () => {
  const ended = anOpen("ended", "phone", { endsAt: now });
  const opened = [...times(4, (at) => anOpen(`${at}`)), ended, anOpen("new")];
  expect(idsIn(stateWith(opened))).toEqual(["new", "3", "2", "1", "0"]);
});

it("R8 one with the same id replaces the former, and ends no other", () => {
  const opened = times(5, (at) => anOpen(`${at}`));
  const again = anOpen("1", "phone", { record: "another record" });
  const { recoveries } = stateWith([...opened, again]);
  expect(recoveries).toEqual([again, ...[4, 3, 2, 0].map((at) => anOpen(`${at}`))]);
});
