/** The activity log as an append blob: one line per entry, sealed to its position and its predecessor. */

import { Failure } from "../../domain/failure.ts";
import {
  Activity,
  type ActivityLog,
  type ActivityPage,
  type Anchor,
  type AnchorStore,
  anchorAfter,
  emptyLog,
  type OfIncarnation,
} from "../../domain/messages/activity.ts";
import type { OwnerId } from "../../domain/owner.ts";
import { contextOf, isUnreadable } from "../../domain/sealing/seal.ts";
import { type Change, change, type Stored } from "../../domain/store.ts";
import { jsonOf } from "../../domain/text.ts";
import type { OwnerSeal } from "../keys/owner-seal.ts";
import type { Blobs } from "./blobs.ts";

const MAX_ROUNDS = 10;
const StoredActivity = jsonOf(Activity);

export const blobActivityLog = (backups: Blobs, anchors: AnchorStore, seal: OwnerSeal): ActivityLog => {
  const find = async (owner: OwnerId): Promise<Log | undefined> => {
    const incarnation = await seal.incarnation(owner);
    if (!incarnation) return undefined;
    const place = { owner, incarnation: incarnation.name };
    return { place, since: incarnation.since, held: await anchors.find(place) };
  };
  return {
    async append(owner, activity) {
      const log = await findToAppend(owner, find, seal);
      if (!log || (log.since && activity.at < log.since)) return;
      const { place } = log;
      let { held } = log;
      let anchor = anchorIn(held);
      for (let round = 0; round < MAX_ROUNDS; round++) {
        if (anchor.recent.includes(activity.id)) return;
        const content = Buffer.from(JSON.stringify(activity));
        const line = `${(await seal.seal(owner, contextFor(owner, anchor), content)).toString("base64url")}\n`;
        if (await backups.append(nameOf(place), Buffer.from(line), anchor.length))
          return await moveAnchor(anchors, place, held, anchorAfter(anchor, line, activity));
        held = await anchors.find(place);
        anchor = await reach(backups, seal, place, anchorIn(held));
      }
      throw new Failure("busy", "Others write the same log.", { retryAfterSeconds: 1 });
    },

    async read(owner) {
      const log = await find(owner);
      if (!log) return { entries: [], intact: true };
      const anchor = anchorIn(log.held);
      const text = (await backups.readFrom(nameOf(log.place), 0)).toString();
      const { entries, anchor: reached, intact } = await readLines(seal, owner, emptyLog, text);
      if (anchor.length === 0 && entries.length === 0) return { entries: [], intact: true };
      const passesAnchor = anchor.length === 0 || entries.some(({ after }) => after === anchor.tip);
      return {
        entries: entries.map(({ activity }) => activity),
        intact: intact && passesAnchor && reached.length >= anchor.length,
      } satisfies ActivityPage;
    },
  };
};

type Log = { place: OfIncarnation; since: Date | undefined; held: Stored<Anchor> | undefined };

/** If nothing is logged yet, the owner may just have been erased on another instance: read their key anew. */
async function findToAppend(
  owner: OwnerId,
  find: (owner: OwnerId) => Promise<Log | undefined>,
  seal: OwnerSeal,
): Promise<Log | undefined> {
  const log = await find(owner);
  if (log?.held) return log;
  seal.forget(owner);
  return await find(owner);
}

const nameOf = ({ owner, incarnation }: OfIncarnation) => `activity/${owner}/${incarnation}/log`;

const contextFor = (owner: OwnerId, { length, tip }: Anchor) => contextOf("activity", 1, owner, length, tip);

const anchorIn = (held: Stored<Anchor> | undefined): Anchor => held?.value ?? emptyLog;

/** Moves the anchor over lines that others wrote, including a writer cut off before moving it. */
async function reach(backups: Blobs, seal: OwnerSeal, place: OfIncarnation, anchor: Anchor): Promise<Anchor> {
  const beyond = (await backups.readFrom(nameOf(place), anchor.length)).toString();
  return (await readLines(seal, place.owner, anchor, beyond)).anchor;
}

type Line = { activity: Activity; after: string };
type Read = { entries: Line[]; anchor: Anchor; intact: boolean };

/** Stops at the first line that doesn't open at its position. */
async function readLines(seal: OwnerSeal, owner: OwnerId, from: Anchor, text: string): Promise<Read> {
  const read: Read = { entries: [], anchor: from, intact: true };
  for (const line of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
    const activity = await openLine(seal, owner, read.anchor, line);
    if (!activity) return { ...read, intact: false };
    read.anchor = anchorAfter(read.anchor, line, activity);
    read.entries.push({ activity, after: read.anchor.tip });
  }
  return read;
}

async function openLine(
  seal: OwnerSeal,
  owner: OwnerId,
  at: Anchor,
  line: string,
): Promise<Activity | undefined> {
  if (!line.endsWith("\n")) return undefined;
  const content = Buffer.from(line.slice(0, -1), "base64url");
  try {
    return StoredActivity.parse((await seal.open(owner, contextFor(owner, at), content)).toString());
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}

/** Never moves the anchor back: another request may have moved it further. */
async function moveAnchor(
  anchors: AnchorStore,
  place: OfIncarnation,
  held: Stored<Anchor> | undefined,
  anchor: Anchor,
): Promise<void> {
  await change(
    anchors,
    place,
    held,
    (latest): Change<Anchor, void> =>
      latest && latest.value.length >= anchor.length
        ? { result: undefined, unchanged: latest }
        : { result: undefined, next: anchor },
  );
}
