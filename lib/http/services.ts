/** What endpoints work with: the domain's ports and the settings that decisions need. */

import type { VersionSeal } from "../domain/backup/head.ts";
import type { ReadBudget } from "../domain/backup/quiet-read.ts";
import type { StalenessPolicy } from "../domain/backup/staleness.ts";
import type { Clock } from "../domain/clock.ts";
import type { SendBudget } from "../domain/contacts/send-limits.ts";
import type { CredentialStore } from "../domain/credentials/credential.ts";
import type { ActivityLog } from "../domain/messages/activity.ts";
import type { Outbox } from "../domain/messages/announcement.ts";
import type { OwnerStore } from "../domain/owner/owner-store.ts";
import type { OwnerId, TokenVerifier } from "../domain/owner.ts";
import type { Belongings } from "../domain/privacy/export.ts";
import type { RecoveryStore } from "../domain/recovery/record.ts";
import type { KeyedHash } from "../domain/sealing/keyed-hash.ts";
import type { Provider } from "../domain/step-up/provider.ts";
import type { TicketStore } from "../domain/step-up/ticket.ts";
import type { LastRun, SweepStore } from "../domain/sweeps/sweep.ts";
import type { MinimumAppVersion } from "./headers/app-version.ts";
import type { BuiltPages } from "./replies/built-pages.ts";

type Policy = {
  /** The service's public address, with the route prefix; device proofs name it. */
  publicBaseUrl: string;
  authContexts: string[];
  minimumAppVersion: MinimumAppVersion;
  signInMaxAgeSeconds: number;
  accountSignInMaxAgeSeconds: number;
  contactCoolingOffHours: number;
  crossPlatformRecovery: "portable" | "deny";
  ticketSeconds: number;
  printedTicketDays: number;
  providers: Provider[];
  /** A number for sending text messages is configured. */
  sendsSms: boolean;
  maxUploadBytes: number;
  historyLength: number;
  erasureDelayHours: number;
  staleness: StalenessPolicy;
};

type Settings = Omit<Policy, "authContexts" | "sendsSms"> & {
  issuers: { authContext?: string | undefined }[];
  senders: { sms: string | undefined };
};

export const policyOf = ({ issuers, senders, ...settings }: Settings): Policy => ({
  ...settings,
  authContexts: [...new Set(issuers.flatMap(({ authContext }) => authContext ?? []))],
  sendsSms: senders.sms !== undefined,
});

export type Services = {
  tokenVerifier: TokenVerifier;
  owners: OwnerStore;
  versions: VersionSeal;
  recoveries: RecoveryStore;
  credentials: CredentialStore;
  /** Like `credentials.find`, at the same cost whether it finds anything or not. */
  findForProvider: CredentialStore["find"];
  tickets: TicketStore;
  activity: ActivityLog;
  outbox: Outbox;
  sendBudget: SendBudget;
  readBudget: ReadBudget;
  keyedHash: KeyedHash;
  sweepStore: SweepStore;
  belongings: Belongings;
  /** Messages queued under this owner can be opened even after an owner's key is gone. */
  serviceOwner: OwnerId;
  /** Roughly how many messages, and pages of sweeps, wait or were given up; undefined if unknown. */
  countMessages(): Promise<{ waiting: number; failed: number } | undefined>;
  countPages(): Promise<{ waiting: number; failed: number } | undefined>;
  /** The sweeps' progress, a moment old; undefined if unknown. */
  recentRuns(): Promise<LastRun[] | undefined>;
  /** The pages that the build rendered. */
  pages: BuiltPages;
  clock: Clock;
  policy: Policy;
};
