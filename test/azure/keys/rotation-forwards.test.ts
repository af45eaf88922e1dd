/** Instances that know different versions of a key: no sweep wraps with an older one than before. */
import { expect, it } from "vitest";
import type { SweepName, SweepProgress, SweepStore } from "../../../lib/domain/sweeps/sweep.ts";
import { anOwnerWithBackup } from "../../functions/helpers.ts";
import { ownVault } from "../../support/own-vault.ts";
import { anAppToWatch } from "../../support/step-up.ts";
import { placeOf, sweep } from "../../support/sweeping.ts";

type Change = Parameters<SweepStore["report"]>[1];

it("R38 an instance that has just started, with the older version in its settings, never wraps backwards", async () => {
  const vault = await ownVault();
  const key = new URL(vault.settings["KEY_IDS"] ?? "").pathname.split("/")[2] ?? "";
  const options = { settings: vault.settings, through: vault.through };
  const first = await anOwnerWithBackup({ app: anAppToWatch(options).app });
  await vault.admin.call("POST", `/keys/${key}/rotate`);
  const [newest] = await vault.admin.publicKeys(key);
  const PINNED_PUBLIC_KEYS = JSON.stringify({ keys: [] });
  const newer = {
    ...options,
    settings: { ...vault.settings, KEY_IDS: newest?.kid ?? "", PINNED_PUBLIC_KEYS },
  };
  const second = await anOwnerWithBackup({ app: anAppToWatch(newer).app });
  const young = anAppToWatch(options);
  const namedBy = async (owner: string) => {
    const { blobs } = await young.app.services.sweepStore.list(`owners/${placeOf(owner).owner}`, {
      size: 10,
    });
    return [...blobs].map(({ metadata }) => metadata["kids"]);
  };
  expect((await sweep(young, "rewrap", second.owner)).handled).toBe(0);
  const report: SweepProgress[] = [];
  const told = { report: async (_: SweepName, change: Change) => void report.push(change(undefined)) };
  expect((await sweep(young, "rewrap", first.owner, told)).handled).toBe(1);
  for (const { owner } of [first, second]) expect(await namedBy(owner)).toEqual([newest?.kid]);
  expect(report.map(({ keys }) => keys)).toEqual([{ [newest?.kid ?? ""]: 1 }]);
  await vault.close();
}, 60_000);
