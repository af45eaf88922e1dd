/** Every endpoint there is. Registration, tests and documents read this list. */

import type { Endpoint } from "../lib/http/endpoint.ts";
import { checkStaleness } from "./check-staleness.ts";
import { confirmSignIn } from "./confirm-sign-in.ts";
import { deleteBackup } from "./delete-backup.ts";
import { getBackup } from "./get-backup.ts";
import { getHealth } from "./get-health.ts";
import { listBackups } from "./list-backups.ts";
import { listDevices } from "./list-devices.ts";
import { recoverAccounts } from "./recover-accounts.ts";
import { registerDevice } from "./register-device.ts";
import { renameDevice } from "./rename-device.ts";
import { revokeDevice } from "./revoke-device.ts";
import { uploadBackup } from "./upload-backup.ts";

export const endpoints: Endpoint[] = [
  uploadBackup,
  getBackup,
  listBackups,
  deleteBackup,
  checkStaleness,
  confirmSignIn,
  recoverAccounts,
  listDevices,
  registerDevice,
  renameDevice,
  revokeDevice,
  getHealth,
];
