/** Every endpoint there is. Registration, tests and documents read this list. */

import type { Endpoint } from "../lib/http/endpoint.ts";
import { addContact } from "./add-contact.ts";
import { answerStepUp } from "./answer-step-up.ts";
import { checkStaleness } from "./check-staleness.ts";
import { confirmContact } from "./confirm-contact.ts";
import { confirmSignIn } from "./confirm-sign-in.ts";
import { deleteBackup } from "./delete-backup.ts";
import { diagnoseBackup } from "./diagnose-backup.ts";
import { eraseData } from "./erase-data.ts";
import { exportData } from "./export-data.ts";
import { getBackup } from "./get-backup.ts";
import { getHealth } from "./get-health.ts";
import { getOpenApi } from "./get-openapi.ts";
import { getRecovery } from "./get-recovery.ts";
import { issueDeviceTicket } from "./issue-device-ticket.ts";
import { issueTicket } from "./issue-ticket.ts";
import { keepData } from "./keep-data.ts";
import { listActivity } from "./list-activity.ts";
import { listBackups } from "./list-backups.ts";
import { listContacts } from "./list-contacts.ts";
import { listDevices } from "./list-devices.ts";
import { listProblems } from "./list-problems.ts";
import { listSweeps } from "./list-sweeps.ts";
import { listVersions } from "./list-versions.ts";
import { openDocument } from "./open-document.ts";
import { planRecovery } from "./plan-recovery.ts";
import { readDocument } from "./read-document.ts";
import { recoverAccounts } from "./recover-accounts.ts";
import { registerDevice } from "./register-device.ts";
import { removeContact } from "./remove-contact.ts";
import { renameDevice } from "./rename-device.ts";
import { renewCredential } from "./renew-credential.ts";
import { repudiateAlarm } from "./repudiate-alarm.ts";
import { repudiateRecovery } from "./repudiate-recovery.ts";
import { restoreVersion } from "./restore-version.ts";
import { revokeDevice } from "./revoke-device.ts";
import { showAlarm } from "./show-alarm.ts";
import { showDocs } from "./show-docs.ts";
import { showProblem } from "./show-problem.ts";
import { startStepUp } from "./start-step-up.ts";
import { startSweep } from "./start-sweep.ts";
import { undeleteBackup } from "./undelete-backup.ts";
import { uploadBackup } from "./upload-backup.ts";
import { verifyCode } from "./verify-code.ts";
import { verifySignature } from "./verify-signature.ts";

export const endpoints: Endpoint[] = [
  uploadBackup,
  getBackup,
  listBackups,
  deleteBackup,
  undeleteBackup,
  listVersions,
  restoreVersion,
  checkStaleness,
  diagnoseBackup,
  confirmSignIn,
  readDocument,
  openDocument,
  planRecovery,
  recoverAccounts,
  getRecovery,
  repudiateRecovery,
  renewCredential,
  startStepUp,
  answerStepUp,
  listContacts,
  addContact,
  confirmContact,
  removeContact,
  listDevices,
  registerDevice,
  renameDevice,
  revokeDevice,
  issueDeviceTicket,
  issueTicket,
  verifyCode,
  verifySignature,
  listActivity,
  exportData,
  eraseData,
  keepData,
  startSweep,
  listSweeps,
  showAlarm,
  repudiateAlarm,
  getHealth,
  showDocs,
  listProblems,
  showProblem,
  getOpenApi,
];
