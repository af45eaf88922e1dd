/** The stored heads, opened without asking the service. */

import { inject } from "vitest";
import type { Platform } from "../../infra/local/phone.ts";
import type { StoredHead } from "../../lib/domain/head.ts";
import { ownerIdOf } from "../../lib/domain/owner.ts";
import { type App, anApp } from "../support/app.ts";

let reader: App | undefined;

export async function headOf(owner: string, platform: Platform = "android"): Promise<StoredHead | undefined> {
  reader ??= anApp();
  const id = ownerIdOf({ issuer: inject("surroundings").issuer, subject: owner });
  return await reader.services.heads.find({ owner: id, platform });
}
