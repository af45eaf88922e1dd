/** Sweeps as the tests run them: one page, of one owner. */
import { inject } from "vitest";
import { type BackupKey, ownerIdOf } from "../../lib/domain/owner.ts";
import {
  runPage,
  type SweepMessage,
  type SweepName,
  type SweepStore,
} from "../../lib/domain/sweeps/sweep.ts";
import type { Watched } from "./step-up.ts";

export const placeOf = (subject: string): BackupKey => ({
  owner: ownerIdOf({ issuer: inject("surroundings").issuer, subject }),
  platform: "android",
});

/** One page of the test's own owner: the storage is shared with other tests. */
export async function sweep(
  { app, clock }: Pick<Watched, "app" | "clock">,
  name: SweepName,
  owner: string,
  store: Partial<SweepStore> = {},
  since?: Date,
) {
  const { owner: id } = placeOf(owner);
  const sent: SweepMessage[] = [];
  const own: SweepStore = {
    ...app.services.sweepStore,
    list: (prefix, page) => app.services.sweepStore.list(`${prefix.slice(0, -1)}${id}`, page),
    next: async (message) => void sent.push(message),
    report: async () => undefined,
    ...store,
  };
  const message = {
    sweep: name,
    run: "run",
    shard: id.slice(0, 1),
    handled: 0,
    failed: 0,
    keys: {},
    ...(since && { since }),
  };
  const { handled, failed } = await runPage(own, app.sweeps, message, clock.now());
  return { handled, failed, sent };
}
