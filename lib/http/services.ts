/** What the endpoints work with: the domain's ports and the settings that decisions need. */

import type { ActivityLog } from "../domain/activity.ts";
import type { Outbox } from "../domain/announcement.ts";
import type { Clock } from "../domain/clock.ts";
import type { CredentialStore } from "../domain/credential.ts";
import type { VersionSeal } from "../domain/head.ts";
import type { Identity, OwnerId } from "../domain/owner.ts";
import type { OwnerStore } from "../domain/owner-store.ts";
import type { Peppers } from "../domain/pepper.ts";
import type { Belongings } from "../domain/privacy.ts";
import type { Provider } from "../domain/provider.ts";
import type { ReadBudget } from "../domain/quiet-read.ts";
import type { RecoveryStore } from "../domain/recovery-record.ts";
import type { SendBudget } from "../domain/send-limits.ts";
import type { StalenessPolicy } from "../domain/staleness.ts";
import type { LastRun, SweepStore } from "../domain/sweep.ts";
import type { TicketStore } from "../domain/ticket.ts";
import type { MinimumAppVersion } from "./app-version.ts";
import type { BuiltPages } from "./built-pages.ts";

type Policy = {
  /** Where clients reach the service, with the route prefix; device proofs are made for it. */
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
  /** There is a number to send messages to phones from. */
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
  identity: Identity;
  owners: OwnerStore;
  versions: VersionSeal;
  recoveries: RecoveryStore;
  credentials: CredentialStore;
  /** As `credentials.find`, at the same cost whether there is anything or not. */
  findForProvider: CredentialStore["find"];
  tickets: TicketStore;
  activity: ActivityLog;
  outbox: Outbox;
  sendBudget: SendBudget;
  readBudget: ReadBudget;
  peppers: Peppers;
  sweepStore: SweepStore;
  belongings: Belongings;
  /** What is put on its way in this name can be opened when an owner's key is gone. */
  serviceOwner: OwnerId;
  /** About how many messages to people, and pages of sweeps, wait or were given up; undefined while nobody can tell. */
  countMessages(): Promise<{ waiting: number; failed: number } | undefined>;
  countPages(): Promise<{ waiting: number; failed: number } | undefined>;
  /** How far the sweeps had come a moment ago; undefined while nobody can tell. */
  recentRuns(): Promise<LastRun[] | undefined>;
  /** What was rendered when the app was built. */
  pages: BuiltPages;
  clock: Clock;
  policy: Policy;
};
