/** The list of all endpoints: registration, tests and documents read it. */

import type { Endpoint } from "../lib/http/pipeline/endpoint.ts";
import { repudiateAlarm } from "./alarms/repudiate-alarm.ts";
import { showAlarm } from "./alarms/show-alarm.ts";
import { checkStaleness } from "./backups/check-staleness.ts";
import { confirmSignIn } from "./backups/confirm-sign-in.ts";
import { deleteBackup } from "./backups/delete-backup.ts";
import { diagnoseBackup } from "./backups/diagnose-backup.ts";
import { getBackup } from "./backups/get-backup.ts";
import { listBackups } from "./backups/list-backups.ts";
import { listVersions } from "./backups/list-versions.ts";
import { openDocument } from "./backups/open-document.ts";
import { readDocument } from "./backups/read-document.ts";
import { restoreVersion } from "./backups/restore-version.ts";
import { undeleteBackup } from "./backups/undelete-backup.ts";
import { uploadBackup } from "./backups/upload-backup.ts";
import { addContact } from "./contacts/add-contact.ts";
import { confirmContact } from "./contacts/confirm-contact.ts";
import { listContacts } from "./contacts/list-contacts.ts";
import { removeContact } from "./contacts/remove-contact.ts";
import { sendContactCode } from "./contacts/send-contact-code.ts";
import { issueDeviceTicket } from "./devices/issue-device-ticket.ts";
import { listDevices } from "./devices/list-devices.ts";
import { objectToRevocation } from "./devices/object-to-revocation.ts";
import { registerDevice } from "./devices/register-device.ts";
import { renameDevice } from "./devices/rename-device.ts";
import { revokeDevice } from "./devices/revoke-device.ts";
import { getOpenApi } from "./docs/get-openapi.ts";
import { listProblems } from "./docs/list-problems.ts";
import { showDocs } from "./docs/show-docs.ts";
import { showProblem } from "./docs/show-problem.ts";
import { getHealth } from "./operations/get-health.ts";
import { listSweeps } from "./operations/list-sweeps.ts";
import { startSweep } from "./operations/start-sweep.ts";
import { eraseData } from "./privacy/erase-data.ts";
import { exportData } from "./privacy/export-data.ts";
import { keepData } from "./privacy/keep-data.ts";
import { listActivity } from "./privacy/list-activity.ts";
import { endCredentials } from "./providers/end-credentials.ts";
import { issueTicket } from "./providers/issue-ticket.ts";
import { verifyCode } from "./providers/verify-code.ts";
import { verifySignature } from "./providers/verify-signature.ts";
import { answerStepUp } from "./recoveries/answer-step-up.ts";
import { getRecovery } from "./recoveries/get-recovery.ts";
import { planRecovery } from "./recoveries/plan-recovery.ts";
import { recoverAccounts } from "./recoveries/recover-accounts.ts";
import { renewCredential } from "./recoveries/renew-credential.ts";
import { repudiateRecovery } from "./recoveries/repudiate-recovery.ts";
import { startStepUp } from "./recoveries/start-step-up.ts";

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
  sendContactCode,
  removeContact,
  listDevices,
  registerDevice,
  renameDevice,
  revokeDevice,
  objectToRevocation,
  issueDeviceTicket,
  issueTicket,
  verifyCode,
  verifySignature,
  endCredentials,
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
