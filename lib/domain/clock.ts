/** The clock, as a port: rules ask it, tests set it. */
export type Clock = () => Date;

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const later = (time: Date, milliseconds: number) => new Date(time.getTime() + milliseconds);

/** For the id of what is told once an hour. */
export const hourOf = (time: Date): number => Math.floor(time.getTime() / HOUR);

/** The latest of the given times; ignores undefined ones. */
export const latest = (first: Date, ...others: (Date | undefined)[]) =>
  others.reduce<Date>((best, time) => (time && time > best ? time : best), first);

/** The earliest of the given times; ignores undefined ones. */
export function earliest(times: (Date | undefined)[]): Date | undefined {
  const known = times.flatMap((time) => (time ? [time.getTime()] : []));
  return known.length > 0 ? new Date(Math.min(...known)) : undefined;
}
