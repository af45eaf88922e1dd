/** The stored heads, opened without asking the service. */

import { inject } from "vitest";
import type { Platform } from "../../infra/local/phone.ts";
import { etagOf } from "../../lib/domain/backup.ts";
import type { StoredHead } from "../../lib/domain/head.ts";
import { ownerIdOf } from "../../lib/domain/owner.ts";
import { type App, anApp } from "../support/app.ts";

let reader: App | undefined;

export async function headOf(owner: string, platform: Platform = "android"): Promise<StoredHead | undefined> {
  reader ??= anApp();
  const id = ownerIdOf({ issuer: inject("surroundings").issuer, subject: owner });
  return await reader.services.heads.find({ owner: id, platform });
}

/** The ETag that the stored backup has for clients. */
export async function tagOf(owner: string, platform: Platform = "android"): Promise<string | undefined> {
  const stored = await headOf(owner, platform);
  return stored && etagOf(stored);
}
