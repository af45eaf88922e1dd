/** NCRONTAB schedules: `{second} {minute} {hour} {day} {month} {day-of-week}`, in UTC; day and weekday must both fit. */

export interface Schedule {
  /** The first occurrence after this moment; undefined if there is none. */
  next(after: Date): Date | undefined;
}

interface Field {
  name: string;
  least: number;
  most: number;
  words?: string[];
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const FIELDS: Field[] = [
  { name: "second", least: 0, most: 59 },
  { name: "minute", least: 0, most: 59 },
  { name: "hour", least: 0, most: 23 },
  { name: "day", least: 1, most: 31 },
  { name: "month", least: 1, most: 12, words: MONTHS },
  { name: "day of week", least: 0, most: 6, words: WEEKDAYS },
];
const DAY = 86_400_000;
/** The calendar repeats after 400 years; leap days on one weekday recur within 40. */
const FARTHEST_DAYS = 40 * 366;

/** @throws if the expression is not a schedule */
export function parseSchedule(expression: string): Schedule {
  const parts = expression.trim().split(/\s+/);
  const texts = parts.length === 5 ? ["0", ...parts] : parts;
  if (texts.length !== FIELDS.length) throw new Error(`"${expression}" is not a six-field schedule`);
  const [seconds, minutes, hours, days, months, weekdays] = FIELDS.map((field, at) =>
    values(field, texts[at] ?? ""),
  );
  const times = { hours: hours ?? [], minutes: minutes ?? [], seconds: seconds ?? [] };
  const fitsDay = (day: Date) =>
    months?.includes(day.getUTCMonth() + 1) &&
    days?.includes(day.getUTCDate()) &&
    weekdays?.includes(day.getUTCDay());
  return { next: (after) => next(after, (day) => fitsDay(day) === true, times) };
}

type Times = { hours: number[]; minutes: number[]; seconds: number[] };

function next(after: Date, fitsDay: (day: Date) => boolean, times: Times): Date | undefined {
  const from = Math.floor(after.getTime() / 1000) * 1000 + 1000;
  const firstDay = Math.floor(from / DAY) * DAY;
  for (let count = 0; count <= FARTHEST_DAYS; count += 1) {
    const day = firstDay + count * DAY;
    const time = fitsDay(new Date(day)) ? firstTime(times, Math.max(0, (from - day) / 1000)) : undefined;
    if (time !== undefined) return new Date(day + time * 1000);
  }
  return undefined;
}

/** The first second of the day, from this one on, that fits. */
function firstTime({ hours, minutes, seconds }: Times, from: number): number | undefined {
  for (const hour of hours) {
    if (hour * 3600 + 3599 < from) continue;
    for (const minute of minutes) {
      const start = hour * 3600 + minute * 60;
      const second = seconds.find((value) => start + value >= from);
      if (second !== undefined) return start + second;
    }
  }
  return undefined;
}

function values(field: Field, text: string): number[] {
  const all = text.split(",").flatMap((item) => range(field, item));
  return [...new Set(all)].sort((a, b) => a - b);
}

/** `*`, `a`, `a-b`, each with an optional `/step`; `a/step` runs to the field's end. */
function range(field: Field, text: string): number[] {
  const [, first, last, step] = /^(\*|[a-z0-9]+)(?:-([a-z0-9]+))?(?:\/([1-9]\d*))?$/i.exec(text) ?? [];
  if (first === undefined) throw new Error(`"${text}" is not a ${field.name} of a schedule`);
  const from = first === "*" ? field.least : number(field, first);
  const open = first === "*" || step !== undefined ? field.most : from;
  const to = last === undefined ? open : number(field, last);
  if (to < from) throw new Error(`"${text}" runs backwards`);
  const size = Number(step ?? 1);
  return Array.from({ length: Math.floor((to - from) / size) + 1 }, (_, at) => from + at * size);
}

function number({ name, least, most, words }: Field, text: string): number {
  const word = words?.indexOf(text.slice(0, 3).toUpperCase()) ?? -1;
  const value = word >= 0 ? least + word : Number(/^\d+$/.test(text) ? text : Number.NaN);
  if (value >= least && value <= most) return value;
  throw new Error(`"${text}" is not a ${name} of a schedule`);
}
