/** Reads the time spans of host.json. */

/** Milliseconds in `[d.]hh:mm:ss[.fff]`. @throws naming the setting if it has another form */
export function timeSpanMs(name: string, value: unknown): number {
  const pattern = /^(?:(\d+)\.)?(\d+):(\d+):(\d+(?:\.\d{1,7})?)$/;
  const [, days = "0", hours, minutes, seconds] = pattern.exec(String(value)) ?? [];
  if (seconds === undefined) throw new Error(`host.json: ${name} "${value}" is not a time span`);
  return Math.round(
    (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000,
  );
}
