/** The owner's record, beside the backups: contacts, proven accounts, challenges, failures, codes sent. */
import * as z from "zod";
import { Challenge, expiresAt } from "../challenges/challenge.ts";
import { Failures, noFailures } from "../challenges/throttle.ts";
import { earliest } from "../clock.ts";
import { Contact, RemovedContact, stillKept } from "../contacts/contact.ts";
import { Sent } from "../contacts/send-limits.ts";
import { ProvenAccount } from "../credentials/proven-account.ts";
import { type Loose, loose } from "../loose.ts";
import { DeviceId } from "../owner.ts";

const record = {
  contacts: z.array(Contact),
  removedContacts: z.array(RemovedContact).default([]),
  /** When a confirmed contact was last removed. */
  contactRemovedAt: z.coerce.date().optional(),
  /** When contacts last heard of an unregistered device. */
  newcomerToldAt: z.coerce.date().optional(),
  bindings: z.array(ProvenAccount),
  /** Revoked devices, which get no more credentials. */
  endedDevices: z.array(DeviceId),
  /** Of step-ups and confirmations, over all challenges. */
  failures: Failures,
  challenges: z.array(Challenge),
  sent: z.array(Sent),
};
export type OwnerRecord = Loose<typeof record>;
export const OwnerRecord: z.ZodType<OwnerRecord> = loose(record);

export const newRecord = (): OwnerRecord => ({
  contacts: [],
  removedContacts: [],
  bindings: [],
  endedDevices: [],
  failures: noFailures,
  challenges: [],
  sent: [],
});

/** Drops expired challenges, and removed contacts that get no more announcements (R35). */
export const withoutExpired = (record: OwnerRecord, now: Date): OwnerRecord => ({
  ...record,
  challenges: record.challenges.filter((each) => expiresAt(each) > now),
  removedContacts: stillKept(record, now),
});

/** When the next of those expires. */
export const nextExpiry = ({ challenges, removedContacts }: OwnerRecord): Date | undefined =>
  earliest([...challenges.map(expiresAt), ...removedContacts.map(({ keptUntil }) => keptUntil)]);
