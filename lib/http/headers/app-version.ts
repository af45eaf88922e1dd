/** The App-Version header: which app sends the request, and whether it is new enough (R4). */
import type { HttpRequest } from "@azure/functions";
import { Failure, invalid } from "../../domain/failure.ts";
import { Platform } from "../../domain/owner.ts";

export type MinimumAppVersion = Record<Platform, string>;

const HEADER = /^(?<platform>[a-z]+)\/(?<version>\d{1,5}(?:\.\d{1,5}){0,3})$/;

/** Fails as `invalid-request` or `app-too-old`. */
export function requireAppVersion({ headers }: HttpRequest, minimum: MinimumAppVersion): void {
  const { platform, version } = HEADER.exec(headers.get("app-version") ?? "")?.groups ?? {};
  const known = Platform.safeParse(platform);
  if (!known.success || !version) {
    throw invalid("App-Version", "must be ios/VERSION or android/VERSION, such as android/6.6.0");
  }
  const minimumVersion = minimum[known.data];
  if (compareVersions(version, minimumVersion) >= 0) return;
  throw new Failure("app-too-old", `Version ${minimumVersion} or later is needed.`, { minimumVersion });
}

/** Negative if `a` is older; a missing part counts as 0. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(".").map(Number));
  const parts = [0, 1, 2, 3].map((index) => (left?.[index] ?? 0) - (right?.[index] ?? 0));
  return parts.find((difference) => difference !== 0) ?? 0;
}
