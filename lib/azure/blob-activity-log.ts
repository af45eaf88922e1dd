/** The activity log as an append blob: a line an entry, each sealed for its place and its predecessor. */
import {
  Activity,
  type ActivityLog,
  type ActivityPage,
  type Anchor,
  type AnchorStore,
  anchorAfter,
  emptyLog,
} from "../domain/activity.ts";
import { contextOf, isUnreadable } from "../domain/envelope.ts";
import { Failure } from "../domain/failure.ts";
import type { OwnerId } from "../domain/owner.ts";
import { type Change, change, type Stored } from "../domain/store.ts";
import { jsonOf } from "../domain/text.ts";
import type { Blobs } from "./blobs.ts";
import type { OwnerSeal } from "./owner-seal.ts";

const MAX_ROUNDS = 10;
const StoredActivity = jsonOf(Activity);

export const blobActivityLog = (backups: Blobs, anchors: AnchorStore, seal: OwnerSeal): ActivityLog => ({
  async append(owner, activity) {
    const shreddedAt = await seal.shreddedAt(owner);
    if (shreddedAt && activity.at < shreddedAt) return;
    let held = await anchors.find(owner);
    let anchor = anchorIn(held);
    for (let round = 0; round < MAX_ROUNDS; round++) {
      if (anchor.recent.includes(activity.id)) return;
      if (anchor.length === 0) seal.forget(owner);
      const content = await seal.seal(
        owner,
        contextFor(owner, anchor),
        Buffer.from(JSON.stringify(activity)),
      );
      const line = `${content.toString("base64url")}\n`;
      if (await backups.append(nameOf(owner), Buffer.from(line), anchor.length))
        return await moveAnchor(anchors, owner, held, anchorAfter(anchor, line, activity));
      held = await anchors.find(owner);
      anchor = await reach(backups, seal, owner, anchorIn(held));
      if (anchor.length === 0) await makeRoom(backups, seal, owner);
    }
    throw new Failure("busy", "Others write the same log.", { retryAfterSeconds: 1 });
  },

  async read(owner) {
    const anchor = anchorIn(await anchors.find(owner));
    const text = (await backups.readFrom(nameOf(owner), 0)).toString();
    const { entries, anchor: reached, intact } = await readLines(seal, owner, emptyLog, text);
    if (anchor.length === 0 && entries.length === 0) return { entries: [], intact: true };
    const passesAnchor = anchor.length === 0 || entries.some(({ after }) => after === anchor.tip);
    return {
      entries: entries.map(({ activity }) => activity),
      intact: intact && passesAnchor && reached.length >= anchor.length,
    } satisfies ActivityPage;
  },
});

const nameOf = (owner: OwnerId) => `activity/${owner}/log`;

const contextFor = (owner: OwnerId, { length, tip }: Anchor) => contextOf("activity", 1, owner, length, tip);

const anchorIn = (held: Stored<Anchor> | undefined): Anchor => held?.value ?? emptyLog;

/** The anchor, moved on over lines that others wrote, also one who was cut off before the anchor was moved. */
async function reach(backups: Blobs, seal: OwnerSeal, owner: OwnerId, anchor: Anchor): Promise<Anchor> {
  const beyond = (await backups.readFrom(nameOf(owner), anchor.length)).toString();
  return (await readLines(seal, owner, anchor, beyond)).anchor;
}

/**
 * Where nothing is known of a log, its owner may have been erased a moment ago, elsewhere: lines that were still written under
 * the former key go. Whoever could put others in their place could as well have taken them away.
 */
async function makeRoom(backups: Blobs, seal: OwnerSeal, owner: OwnerId): Promise<void> {
  const stored = await backups.read(nameOf(owner));
  if (!stored || stored.content.length === 0) return;
  const { entries } = await readLines(seal, owner, emptyLog, stored.content.toString());
  if (entries.length === 0) await backups.delete(nameOf(owner), stored.etag);
}

type Line = { activity: Activity; after: string };
type Read = { entries: Line[]; anchor: Anchor; intact: boolean };

/** As far as the lines are what was written there. */
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

/** Never back: another request may have come further. */
async function moveAnchor(
  anchors: AnchorStore,
  owner: OwnerId,
  held: Stored<Anchor> | undefined,
  anchor: Anchor,
): Promise<void> {
  await change(
    anchors,
    owner,
    held,
    (latest): Change<Anchor, void> =>
      latest && latest.value.length >= anchor.length
        ? { result: undefined, unchanged: latest }
        : { result: undefined, next: anchor },
  );
}
