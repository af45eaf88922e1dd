/** A quiet read: one of the owner's devices reads the current document, without an alarm (R44). */

import { DAY, later, latest, SECOND } from "../clock.ts";
import { findDevice } from "../device.ts";
import { type Asking, callerDevice, requireOwnPlatform } from "../devices/admission.ts";
import { Failure } from "../failure.ts";
import { announce, type Outbox } from "../messages/announcement.ts";
import { headIn } from "../owner/owner-state.ts";
import type { Caller, Platform } from "../owner.ts";
import { contentIn, openVersion } from "../recovery/opening.ts";
import { requireBackup, requireCurrent, requireCurrentIn } from "./backup.ts";
import { sealedContent } from "./custody.ts";
import type { StoredDocument } from "./document.ts";
import type { Head, StoredHead, Version, VersionSeal } from "./head.ts";

const SIGNED_IN_WITHIN = 30 * DAY;
const MOST_A_DAY = 100;

/** Days are UTC. */
export interface ReadBudget {
  /** Counts one more read; false at `most` reads that day. */
  take(reader: Pick<Caller, "owner" | "device">, most: number, now: Date): Promise<boolean>;
}

/**
 * Accepts a device that has uploaded or recovered (so it has seen the document before), if the owner signed
 * in lately. Fails as `recovery-required` or `sign-in-too-old`.
 */
export function requireReader(head: Head, { device: id, authTime }: Caller, now: Date): void {
  const device = findDevice(head.devices, id);
  const hasUploaded = device?.lastUploadAt !== undefined || head.versions.some((each) => each.device === id);
  if (!hasUploaded && device?.lastRecoveryAt === undefined)
    throw new Failure("recovery-required", "This device has neither uploaded nor recovered a backup yet.");
  if (later(latest(head.confirmedAt, authTime), SIGNED_IN_WITHIN) >= now) return;
  const maxAgeSeconds = SIGNED_IN_WITHIN / SECOND;
  throw new Failure("sign-in-too-old", "The last sign-in is more than 30 days ago.", { maxAgeSeconds });
}

/** The head whose document this device may read. Fails as `backup-not-found` or as `requireReader` does. */
export function requireReadable(asking: Asking, platform: Platform): StoredHead {
  requireOwnPlatform(asking, platform);
  const stored = requireBackup(headIn(asking.held?.state, platform));
  requireCurrent(stored);
  requireReader(stored.value, asking.caller, asking.now);
  return stored;
}

type QuietReadPorts = { versions: VersionSeal; readBudget: ReadBudget; outbox: Outbox };
export type Read = {
  etag: string;
  version: Version;
  document: StoredDocument;
  sealed: string | undefined;
};

/**
 * Makes one vault call, and queues the activity log's entry before it returns the document. Fails as
 * `requireReadable` or `sealedContent` does, or as `too-many-reads`.
 */
export async function readQuietly(
  { versions, readBudget, outbox }: QuietReadPorts,
  asking: Asking,
  platform: Platform,
  envelope: string | undefined,
): Promise<Read> {
  const { caller, now } = asking;
  const { etag } = requireReadable(asking, platform);
  const { held, head, version } = requireCurrentIn(asking.held, platform);
  const kept = sealedContent(head, version, envelope);
  if (!(await readBudget.take(caller, MOST_A_DAY, now))) throw tooMany(now);
  const [content] = await Promise.all([
    openVersion(versions, { owner: caller.owner, platform }, version, held, kept),
    announce(outbox, caller.owner, {
      kind: "document-read",
      device: callerDevice(asking),
      recipients: [],
      now,
    }),
  ]);
  return { etag, version, ...contentIn(version, content) };
}

function tooMany(now: Date): Failure {
  const retryAfterSeconds = Math.ceil((DAY - (now.getTime() % DAY)) / SECOND);
  return new Failure("too-many-reads", `This device has read ${MOST_A_DAY} times today.`, {
    retryAfterSeconds,
  });
}
