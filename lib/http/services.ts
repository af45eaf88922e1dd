/** What the endpoints work with: the domain's ports and the settings that decisions need. */
import type { Clock } from "../domain/clock.ts";
import type { HeadStore, VersionStore } from "../domain/head.ts";
import type { Identity } from "../domain/owner.ts";
import type { StalenessPolicy } from "../domain/staleness.ts";
import type { MinimumAppVersion } from "./app-version.ts";

type Policy = {
  /** Where clients reach the service, with the route prefix; device proofs are made for it. */
  publicBaseUrl: string;
  authContexts: string[];
  minimumAppVersion: MinimumAppVersion;
  signInMaxAgeSeconds: number;
  maxUploadBytes: number;
  historyLength: number;
  staleness: StalenessPolicy;
};

export type Services = {
  identity: Identity;
  heads: HeadStore;
  versions: VersionStore;
  clock: Clock;
  policy: Policy;
};
