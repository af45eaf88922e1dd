/** The schemas that the document names, and corrections to zod's JSON Schema. */
import * as z from "zod";
import { checkStaleness } from "../../functions/backups/check-staleness.ts";
import { diagnoseBackup } from "../../functions/backups/diagnose-backup.ts";
import { listBackups } from "../../functions/backups/list-backups.ts";
import { listVersions } from "../../functions/backups/list-versions.ts";
import { openDocument } from "../../functions/backups/open-document.ts";
import { uploadBackup } from "../../functions/backups/upload-backup.ts";
import { addContact } from "../../functions/contacts/add-contact.ts";
import { confirmContact } from "../../functions/contacts/confirm-contact.ts";
import { listContacts } from "../../functions/contacts/list-contacts.ts";
import { sendContactCode } from "../../functions/contacts/send-contact-code.ts";
import { issueDeviceTicket } from "../../functions/devices/issue-device-ticket.ts";
import { listDevices } from "../../functions/devices/list-devices.ts";
import { registerDevice } from "../../functions/devices/register-device.ts";
import { renameDevice } from "../../functions/devices/rename-device.ts";
import { revokeDevice } from "../../functions/devices/revoke-device.ts";
import { getHealth } from "../../functions/operations/get-health.ts";
import { listSweeps } from "../../functions/operations/list-sweeps.ts";
import { startSweep } from "../../functions/operations/start-sweep.ts";
import { eraseData } from "../../functions/privacy/erase-data.ts";
import { exportData } from "../../functions/privacy/export-data.ts";
import { listActivity } from "../../functions/privacy/list-activity.ts";
import { endCredentials } from "../../functions/providers/end-credentials.ts";
import { issueTicket } from "../../functions/providers/issue-ticket.ts";
import { verifyCode } from "../../functions/providers/verify-code.ts";
import { verifySignature } from "../../functions/providers/verify-signature.ts";
import { answerStepUp } from "../../functions/recoveries/answer-step-up.ts";
import { planRecovery } from "../../functions/recoveries/plan-recovery.ts";
import { recoverAccounts } from "../../functions/recoveries/recover-accounts.ts";
import { renewCredential } from "../../functions/recoveries/renew-credential.ts";
import { startStepUp } from "../../functions/recoveries/start-step-up.ts";
import {
  Account,
  AccountName,
  DeviceBoundAccount,
  ExistingAccount,
  ForeignAccount,
  StoredAccount,
  StoredPersonal,
  StoredThirdParty,
  StoredWork,
  WorkName,
} from "../../lib/domain/account.ts";
import { AppSettings, StoredSettings } from "../../lib/domain/backup/app-settings.ts";
import { AccountCounts, BackupDocument } from "../../lib/domain/backup/document.ts";
import { OneTimeCode } from "../../lib/domain/code-parameters.ts";
import { PushKey } from "../../lib/domain/credentials/credential.ts";
import { OpenApi } from "../../lib/http/openapi.ts";
import { Problem } from "../../lib/http/problems/problem.ts";
import { BackupStatus, Staleness, VersionStatus } from "../../lib/http/replies/backup-status.ts";
import { ContactStatus } from "../../lib/http/replies/contact-status.ts";
import { DeviceStatus } from "../../lib/http/replies/device-status.ts";
import { Check } from "../../lib/http/replies/diagnosis.ts";
import { DocumentReply } from "../../lib/http/replies/document-reply.ts";
import {
  CodeCredential,
  PlannedAccount,
  PushCredential,
  RecoveredAccount,
  RecoveryStatus,
} from "../../lib/http/replies/recovery-status.ts";
import { SweepStatus } from "../../lib/http/replies/sweep-status.ts";
import { TicketReply } from "../../lib/http/replies/ticket-reply.ts";
import { Verdict } from "../../lib/http/replies/verdict.ts";

export type Json = { [member: string]: unknown };
export const isJson = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const [ThirdPartyAccount, PersonalAccount, WorkAccount] = Account.options;
const [ExistingThirdParty, ExistingPersonal] = ExistingAccount.options;
const [PersonalName] = DeviceBoundAccount.options;
const [Totp, Hotp, Steam, Motp, Yandex] = OneTimeCode.options;
const [PlannedRestore, KeptAccount, StepUpAccount] = PlannedAccount.options;
const [RestoredAccount, RestoredPersonal] = RecoveredAccount.options;
const Group = AppSettings.shape.groups.unwrap().element;
const Custom = AppSettings.shape.custom.unwrap();
const WantedCredential = memberOf(answerStepUp.request.body, "credential");
const [WantedCode, WantedPush] = formsOf(WantedCredential);
const activityPage = listActivity.replies[200];

/** Unwraps `optional` and `default`. */
function bare(schema: z.core.$ZodType): z.core.$ZodType {
  const isWrapped = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault;
  return isWrapped ? bare(schema.unwrap()) : schema;
}

function memberOf(schema: z.core.$ZodType, name: string): z.core.$ZodType {
  const member = schema instanceof z.ZodObject ? schema.shape[name] : undefined;
  if (member) return bare(member);
  throw new Error(`there is no member ${name}`);
}

function formsOf(schema: z.core.$ZodType): readonly [z.core.$ZodType, z.core.$ZodType] {
  const [first, second] = schema instanceof z.ZodDiscriminatedUnion ? schema.options : [];
  if (first && second) return [first, second];
  throw new Error("this has no two forms");
}

/** Every schema with its own name in the document; others are written out in place. */
const NAMED: Record<string, z.core.$ZodType> = {
  BackupDocument,
  Account,
  ThirdPartyAccount,
  PersonalAccount,
  WorkAccount,
  OneTimeCode,
  TotpCode: Totp,
  HotpCode: Hotp,
  SteamCode: Steam,
  MotpCode: Motp,
  YandexCode: Yandex,
  AppSettings,
  SettingsGroup: Group,
  CustomSettings: Custom,
  UploadReceipt: uploadBackup.replies[200],
  BackupStatus,
  BackupList: listBackups.replies[200],
  BackupVersion: VersionStatus,
  VersionList: listVersions.replies[200],
  AccountCounts,
  Staleness,
  StalenessReply: checkStaleness.replies[200],
  DiagnosisRequest: diagnoseBackup.request.body,
  Diagnosis: diagnoseBackup.replies[200],
  DiagnosisCheck: Check,
  DocumentRequest: openDocument.request.body,
  StoredDocument: DocumentReply,
  StoredAccount,
  StoredThirdPartyAccount: StoredThirdParty,
  StoredPersonalAccount: StoredPersonal,
  StoredWorkAccount: StoredWork,
  UnknownAccount: ForeignAccount,
  StoredSettings,
  ExistingAccount,
  ExistingThirdPartyAccount: ExistingThirdParty,
  ExistingPersonalAccount: ExistingPersonal,
  PersonalAccountName: PersonalName,
  WorkAccountName: WorkName,
  DeviceBoundAccount: DeviceBoundAccount,
  AccountName,
  RecoveryPlanRequest: planRecovery.request.body,
  RecoveryPlan: planRecovery.replies[200],
  PlannedAccount,
  PlannedRestore,
  KeptAccount,
  StepUpAccount,
  RecoveryRequest: recoverAccounts.request.body,
  Recovery: recoverAccounts.replies[200],
  RecoveredAccount,
  RestoredAccount,
  RestoredPersonalAccount: RestoredPersonal,
  RecoveryStatus,
  CredentialRequest: renewCredential.request.body,
  CredentialReply: renewCredential.replies[200],
  CodeCredential,
  PushCredential,
  StepUpRequest: startStepUp.request.body,
  StepUp: startStepUp.replies[201],
  StepUpAnswer: answerStepUp.request.body,
  WantedCredential,
  WantedCodeCredential: WantedCode,
  WantedPushCredential: WantedPush,
  PushKey,
  StepUpReply: answerStepUp.replies[200],
  ContactRequest: addContact.request.body,
  Contact: ContactStatus,
  ContactList: listContacts.replies[200],
  ContactCode: confirmContact.request.body,
  SentContactCode: sendContactCode.replies[201],
  DeviceRegistration: registerDevice.request.body,
  DeviceNotice: revokeDevice.replies[202],
  Device: DeviceStatus,
  DeviceList: listDevices.replies[200],
  DeviceRename: renameDevice.request.body,
  DeviceTicketRequest: issueDeviceTicket.request.body,
  TicketRequest: issueTicket.request.body,
  Ticket: TicketReply,
  CodeCheck: verifyCode.request.body,
  SignatureCheck: verifySignature.request.body,
  CredentialEnding: endCredentials.request.body,
  Verdict,
  ActivityPage: activityPage,
  ActivityEntry: activityPage.shape.entries.element,
  OwnerExport: exportData.replies[200],
  ErasurePlanned: eraseData.replies[202],
  SweepStarted: startSweep.replies[202],
  SweepStatus,
  SweepProgress: listSweeps.replies[200].shape.sweeps.element,
  SweepList: listSweeps.replies[200],
  Health: getHealth.replies[200],
  OpenApi,
  Problem,
};

const registry = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries(NAMED)) registry.add(schema, { id });

const nameOf = (schema: z.core.$ZodType): string | undefined => registry.get(schema)?.id;
const refTo = (name: string) => `#/components/schemas/${name}`;

/** A schema in a request or reply: a reference if it has a name, else written out. */
export function schemaFor(schema: z.core.$ZodType): Json {
  const name = nameOf(bare(schema));
  return name
    ? { $ref: refTo(name) }
    : plain(z.toJSONSchema(bare(schema), { ...OPTIONS, metadata: z.registry() }));
}

const OPTIONS = {
  io: "input",
  target: "draft-2020-12",
  unrepresentable: ({ zodSchema, message }) => {
    if (zodSchema instanceof z.ZodDate) return { type: "string", format: "date-time" };
    throw new Error(`The document can't say this: ${message}`);
  },
  override: ({ zodSchema, jsonSchema }) => adjust(zodSchema, jsonSchema),
} satisfies z.core.ToJSONSchemaParams;

/** All named schemas. */
export function namedSchemas(): Record<string, Json> {
  const { schemas } = z.toJSONSchema(registry, { ...OPTIONS, uri: refTo });
  return Object.fromEntries(Object.keys(NAMED).map((name) => [name, plain(schemas[name] ?? {})]));
}

function plain(schema: object): Json {
  const { $schema: _, $id: __, ...rest } = { $schema: "", $id: "", ...schema };
  return rest;
}

const secretOf = (option: { shape: { secret: z.ZodType } }): z.ZodType => option.shape.secret;
/** Secrets are cleaned before the check, so zod's pattern and length don't apply to the input. */
const SECRETS: ReadonlySet<unknown> = new Set([Totp, Hotp, Steam, Motp, Yandex].map(secretOf));
const ForeignKind = ForeignAccount.shape.kind;

/** Corrects zod's output in place where the service accepts something else, and shortens it. */
function adjust(zodSchema: z.core.$ZodTypes, schema: z.core.JSONSchema.BaseSchema): void {
  const limit = Number.MAX_SAFE_INTEGER;
  if (schema.maximum === limit) delete schema.maximum;
  if (schema.minimum === -limit) delete schema.minimum;
  if (schema.format === "date-time") delete schema.pattern;
  if (schema.format === "base64url") delete schema.format;
  if (SECRETS.has(zodSchema)) for (const member of ["pattern", "maxLength"] as const) delete schema[member];
  if (zodSchema === ForeignKind) schema.not = { enum: ["third-party", "personal", "work"] };
  if (zodSchema === Custom) Object.assign(schema, CUSTOM);
  if (zodSchema instanceof z.ZodDiscriminatedUnion) discriminate(zodSchema, schema);
  for (const told of [PlannedAccount, RecoveredAccount])
    if (zodSchema === told) discriminateByReason(told, schema);
}

const CUSTOM = {
  type: "object",
  maxProperties: 100,
  propertyNames: {
    type: "string",
    pattern: "^[a-z0-9.-]{1,64}$",
    not: { enum: ["constructor", "prototype"] },
  },
  additionalProperties: {
    anyOf: [{ type: "string", maxLength: 1024 }, { type: "number" }, { type: "boolean" }],
  },
};

type Union = { def: { discriminator: string }; options: readonly z.core.$ZodType[] };

/** Adds OpenAPI's discriminator; only possible if each form has a name. */
function discriminate({ def, options }: Union, schema: z.core.JSONSchema.BaseSchema): void {
  const propertyName = def.discriminator;
  const forms = options.map((form) => ({
    values: valuesOf(memberOf(form, propertyName)),
    name: nameOf(form),
  }));
  if (forms.some(({ name }) => name === undefined)) return;
  const mapped = forms.flatMap(({ values, name }) => values.map((value) => [value, refTo(name ?? "")]));
  schema["discriminator"] = { propertyName, mapping: Object.fromEntries(mapped) };
}

/** No two forms share a reason, so exactly one fits. */
function discriminateByReason(
  { options }: Pick<Union, "options">,
  schema: z.core.JSONSchema.BaseSchema,
): void {
  const { anyOf = [] } = schema;
  schema.oneOf = anyOf;
  delete schema.anyOf;
  discriminate({ def: { discriminator: "reason" }, options }, schema);
}

function valuesOf(schema: z.core.$ZodType): string[] {
  if (schema instanceof z.ZodLiteral) return [...schema.values].map(String);
  return schema instanceof z.ZodEnum ? schema.options.map(String) : [];
}
