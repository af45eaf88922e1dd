/** An owner to be swept, with their own vault and shard keys: no other sweep interferes. */
import { expect } from "vitest";
import type { Blobs } from "../../lib/azure/stores/blobs.ts";
import { DAY, later } from "../../lib/domain/clock.ts";
import { runPage, type SweepName, type SweepStore } from "../../lib/domain/sweeps/sweep.ts";
import { type App, anApp } from "./app.ts";
import { aBackup, nothingYet } from "./builders.ts";
import { FaultLine } from "./fault-line.ts";
import { type OwnVault, ownShardKeys } from "./own-vault.ts";
import { anOwner, aPhone, type CheckedPhone } from "./phones.ts";
import { aContact, anAppToWatch, type Watched } from "./step-up.ts";

export type Scene = {
  watched: Watched;
  owner: string;
  phone: CheckedPhone;
  /** Each blob that was written for it, with its container. */
  written: Map<string, Blobs>;
  another(line: FaultLine): App;
};

/** With a backup and a contact. */
export async function aSweepScene({ settings }: OwnVault): Promise<Scene> {
  const apart = ownShardKeys();
  const written: Scene["written"] = new Map();
  const recorded = (blobs: Blobs): Blobs => ({
    ...apart(blobs),
    write(name, ...rest) {
      written.set(name, apart(blobs));
      return apart(blobs).write(name, ...rest);
    },
  });
  const watched = anAppToWatch({ settings, through: recorded });
  const owner = anOwner();
  const phone = await aPhone({ owner, app: watched.app });
  const put = { body: aBackup(), headers: nothingYet };
  expect((await phone.call("PUT", "v1/backups/android", put)).status).toBe(201);
  await aContact(watched, phone);
  const another = (line: FaultLine) => {
    const outbox = line.outbox({ put: async (_, item) => void watched.sent.push(item) });
    const through = (blobs: Blobs) => line.through(apart(blobs));
    return anApp({ settings, clock: watched.clock.now, through, keys: line.keys, outbox: () => outbox });
  };
  return { watched, owner, phone, written, another };
}

/** One page with all blobs of the scene, as if the last whole run had begun a day before. */
export async function sweepScene(scene: Scene, sweep: SweepName, line = new FaultLine()): Promise<void> {
  const { watched, written } = scene;
  const list: SweepStore["list"] = async (prefix) => {
    const [folder] = prefix.split("/");
    const names = [...written.keys()].filter((name) => name.startsWith(`${folder}/`));
    const found = await Promise.all(
      names.map(async (name) => {
        const blob = await written.get(name)?.read(name);
        return blob ? [{ name, etag: blob.etag, metadata: blob.metadata, modifiedAt: new Date() }] : [];
      }),
    );
    return { blobs: found.flat(), next: undefined };
  };
  const store: SweepStore = {
    list: (...of) => line.asked(() => list(...of)),
    next: () => line.changed(async () => undefined),
    progress: async () => undefined,
    report: () => line.changed(async () => undefined),
  };
  const now = watched.clock.now();
  const message = { sweep, run: "run", shard: "A", since: later(now, -DAY), handled: 0, failed: 0, keys: {} };
  await runPage(store, scene.another(line).sweeps, message, now);
}
