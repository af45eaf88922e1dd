/** Which versions are kept, and which uploads lost so much that the owner must hear of it (R30). Pure. */
import { DAY, later } from "../clock.ts";
import { byTime } from "../device.ts";
import { DEVICE_SEALED } from "./device-sealed.ts";
import type { Head, Version } from "./head.ts";

const DAYS_KEPT = 7;

/** How many there are at most: the newest, as many that are the last ones of their device, and one of each day. */
export const mostKept = (historyLength: number) => 2 * historyLength + DAYS_KEPT;

/** Since when it was the current one. */
const currentSince = ({ createdAt, restoredAt = createdAt }: Version) => restoredAt;

const startOfDay = (now: Date) => new Date(Math.floor(now.getTime() / DAY) * DAY);

/** Of versions that stand newest first, the one that was current then. */
const currentAt = (versions: Version[], time: Date) =>
  versions.find((version) => currentSince(version) < time);

/**
 * Of each device the last one that it uploaded within the past week; of more devices than `most`, those that
 * came first. A restore by another device doesn't count: it copies what was there.
 */
function lastOfEach({ versions, devices }: Pick<Head, "versions" | "devices">, most: number, now: Date) {
  const weekAgo = later(now, -DAYS_KEPT * DAY);
  return devices
    .toSorted(byTime("registeredAt"))
    .map(({ id }) => versions.filter(({ device, createdAt }) => device === id && createdAt > weekAgo))
    .filter((own) => own.length > 0)
    .slice(0, most)
    .map((own) => own.reduce((last, version) => (version.createdAt > last.createdAt ? version : last)));
}

/**
 * The newest ones; what was current at the end of each of the past seven days (UTC); and what each device
 * uploaded last. However much somebody uploads from a device of their own, what the owner has stays for a week.
 */
export function withHistory(
  { versions, devices }: Pick<Head, "versions" | "devices">,
  historyLength: number,
  now: Date,
): Version[] {
  const newest = versions.slice(0, historyLength);
  const today = startOfDay(now);
  const ends = Array.from({ length: DAYS_KEPT }, (_, days) => later(today, -days * DAY));
  const ofDays = ends.map((end) => currentAt(versions, end));
  const kept = new Set([...newest, ...ofDays, ...lastOfEach({ versions, devices }, historyLength, now)]);
  return versions.filter((version) => kept.has(version));
}

type Size = Pick<Version, "accounts" | "contentType" | "sizeBytes">;

/** Of what the device sealed itself nobody knows how many accounts there are. */
function isHalved(before: Size, after: Size): boolean {
  const isSealed = [before, after].some(({ contentType }) => contentType === DEVICE_SEALED);
  const sizeOf = (each: Size) => (isSealed ? each.sizeBytes : countOf(each));
  return sizeOf(after) * 2 < sizeOf(before);
}

const countOf = ({ accounts: { thirdParty, personal, work } }: Size) => thirdParty + personal + work;

/**
 * Whether more than half is lost of what was current at some time of the past day, and contacts weren't told
 * of such a loss for a day.
 */
export function isLossToTell(
  { versions, lossToldAt }: Pick<Head, "versions" | "lossToldAt">,
  upload: Size,
  now: Date,
): boolean {
  if (lossToldAt && later(lossToldAt, DAY) > now) return false;
  const dayAgo = later(now, -DAY);
  const first = currentAt(versions, dayAgo);
  return versions.some(
    (version) => (version === first || currentSince(version) >= dayAgo) && isHalved(version, upload),
  );
}
