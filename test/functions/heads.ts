/** An owner's stored state, opened without asking the service. */

import { inject } from "vitest";
import type { Platform } from "../../infra/local/phone.ts";
import type { StoredHead } from "../../lib/domain/backup/head.ts";
import { versionsIn } from "../../lib/domain/owner/owner-state.ts";
import { ownerIdOf } from "../../lib/domain/owner.ts";
import { type App, anApp } from "../support/app.ts";
import { headOf as storedHeadOf } from "../support/owners.ts";

let reader: App | undefined;

export async function headOf(owner: string, platform: Platform = "android"): Promise<StoredHead | undefined> {
  reader ??= anApp();
  const id = ownerIdOf({ issuer: inject("surroundings").issuer, subject: owner });
  return await storedHeadOf(reader.services.owners, { owner: id, platform });
}

/** The ETag that the stored backup has for clients. */
export async function tagOf(owner: string, platform: Platform = "android"): Promise<string | undefined> {
  const stored = await headOf(owner, platform);
  return stored?.etag;
}

/** The ids of all versions that the state names. */
export async function versionsOf(owner: string): Promise<string[]> {
  reader ??= anApp();
  const id = ownerIdOf({ issuer: inject("surroundings").issuer, subject: owner });
  const held = await reader.services.owners.find(id);
  return held ? [...new Set(versionsIn(held.state).map(({ id: version }) => version))] : [];
}

/** Each backup and the named recoveries, as texts to compare. */
export async function stateOf(owner: string): Promise<Record<string, string>> {
  reader ??= anApp();
  const id = ownerIdOf({ issuer: inject("surroundings").issuer, subject: owner });
  const held = await reader.services.owners.find(id);
  if (!held) return {};
  const { heads, recoveries, erasure } = held.state;
  return Object.fromEntries(
    Object.entries({ ...heads, recoveries, erasure }).map(([name, part]) => [name, JSON.stringify(part)]),
  );
}
