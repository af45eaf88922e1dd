/** Deletes, undeletes and restores backups: first logs the change and announces losses (R18, R35). */
import { type Asking, callerDevice, changeAs } from "../devices/admission.ts";
import { alarm, announce, type Outbox } from "../messages/announcement.ts";
import { headIn } from "../owner/owner-state.ts";
import { type OwnerStore, recordIn } from "../owner/owner-store.ts";
import type { Platform } from "../owner.ts";
import type { Change } from "../store.ts";
import { planDeletion, planRestore, planUndelete } from "./backup.ts";
import type { Head, Precondition, StoredHead } from "./head.ts";
import { planConfirmation } from "./stale-notice.ts";
import type { StalenessPolicy } from "./staleness.ts";

type BackupChangePorts = { owners: OwnerStore; outbox: Outbox };
/** `platform` and `precondition`: which backup, in which state. */
type Target = { platform: Platform; precondition: Precondition };

/** R6. Fails as `planDeletion` does. */
export const deleteBackup = (ports: BackupChangePorts, asking: Asking, { platform, precondition }: Target) =>
  changeBackup(ports, asking, platform, "backup-deleted", (stored) =>
    planDeletion(stored, precondition, asking.now),
  );

/** R30. Fails as `planUndelete` does. */
export const undeleteBackup = (
  ports: BackupChangePorts,
  asking: Asking,
  { platform, precondition }: Target,
  undeleteDays: number,
) =>
  changeBackup(ports, asking, platform, "backup-undeleted", (stored) =>
    planUndelete(stored, precondition, undeleteDays, asking.now),
  );

/** R30. Fails as `planRestore` does. */
export const restoreVersion = (
  ports: BackupChangePorts,
  asking: Asking,
  { platform, precondition, versionId }: Target & { versionId: string },
  historyLength: number,
) =>
  changeBackup(ports, asking, platform, "version-restored", (stored) =>
    planRestore(stored, precondition, { versionId, historyLength, now: asking.now }),
  );

/** R28: loses nothing, so it isn't logged. Fails as `planConfirmation` does. */
export async function confirmSignIn(
  { owners }: Pick<BackupChangePorts, "owners">,
  asking: Asking,
  { platform, precondition }: Target,
  policy: StalenessPolicy,
): Promise<StoredHead> {
  const { authTime } = asking.caller;
  const { stored } = await changeAs(owners, asking, platform, (latest) =>
    planConfirmation(latest, precondition, { authTime, policy, now: asking.now }),
  );
  return stored;
}

/** Logs and announces nothing if the change is refused or has no effect. */
async function changeBackup(
  { owners, outbox }: BackupChangePorts,
  asking: Asking,
  platform: Platform,
  kind: "backup-deleted" | "backup-undeleted" | "version-restored",
  decide: (stored: StoredHead | undefined) => Change<Head, void>,
): Promise<StoredHead> {
  const { caller, held, now } = asking;
  if ("next" in decide(headIn(held?.state, platform))) {
    const device = callerDevice(asking);
    if (kind === "backup-deleted")
      await alarm(outbox, caller.owner, { kind, device, record: await recordIn(held), now });
    else await announce(outbox, caller.owner, { kind, device, recipients: [], now });
  }
  return (await changeAs(owners, asking, platform, decide)).stored;
}
