/** What the service remembers of an owner beside their backups: contacts, proven accounts, open challenges, failures, messages sent. */
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
  /** When contacts were last told of a device that isn't registered. */
  newcomerToldAt: z.coerce.date().optional(),
  bindings: z.array(ProvenAccount),
  /** Revoked devices: none of them gets a credential any more. */
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

/**
 * What it holds for a while only: challenges until they expire, removed contacts until they are told no
 * longer (R35).
 */
export const withoutExpired = (record: OwnerRecord, now: Date): OwnerRecord => ({
  ...record,
  challenges: record.challenges.filter((each) => expiresAt(each) > now),
  removedContacts: stillKept(record, now),
});

/** When the earliest of it is to go. */
export const nextExpiry = ({ challenges, removedContacts }: OwnerRecord): Date | undefined =>
  earliest([...challenges.map(expiresAt), ...removedContacts.map(({ keptUntil }) => keptUntil)]);
