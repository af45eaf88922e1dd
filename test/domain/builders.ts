/** Valid callers, devices, versions, heads and records for decisions; a test changes what it needs. */
import { createHash, createHmac } from "node:crypto";
import type { DeviceBoundAccount } from "../../lib/domain/account.ts";
import { type Head, newHead, type StoredHead, type Version } from "../../lib/domain/backup/head.ts";
import type { StalenessPolicy } from "../../lib/domain/backup/staleness.ts";
import type { Challenge } from "../../lib/domain/challenges/challenge.ts";
import { DAY, later } from "../../lib/domain/clock.ts";
import type { Contact } from "../../lib/domain/contacts/contact.ts";
import type { Device } from "../../lib/domain/device.ts";
import { sha256 } from "../../lib/domain/hash.ts";
import { newRecord, type OwnerRecord } from "../../lib/domain/owner/owner-record.ts";
import { newState, type OwnerState, storedHead, withHead } from "../../lib/domain/owner/owner-state.ts";
import { type BackupKey, type Caller, DeviceId, ownerIdOf } from "../../lib/domain/owner.ts";
import type { KeyedHash } from "../../lib/domain/sealing/keyed-hash.ts";

export const now = new Date("2026-05-04T10:00:00.000Z");

export const aDeviceId = (name = "phone") => DeviceId.parse(sha256(name));

export const anOwnerId = (subject = "anna") => ownerIdOf({ issuer: "https://login.example", subject });

export const aPlace = (change: Partial<BackupKey> = {}): BackupKey => ({
  owner: anOwnerId(),
  platform: "android",
  ...change,
});

export const aCaller = (change: Partial<Caller> = {}): Caller => ({
  owner: anOwnerId(),
  device: aDeviceId(),
  authTime: now,
  authTimeClaim: "auth_time",
  proof: sha256(crypto.randomUUID()),
  ...change,
});

export const aDevice = (change: Partial<Device> = {}): Device => ({
  id: aDeviceId(),
  name: "Anna's phone",
  registeredAt: later(now, -DAY),
  lastSeenAt: later(now, -DAY),
  ...change,
});

/** `count` devices, each with an id of its own. */
export const someDevices = (count: number, change: (index: number) => Partial<Device> = () => ({})) =>
  Array.from({ length: count }, (_, index) =>
    aDevice({ id: aDeviceId(`device-${index}`), name: `Device ${index}`, ...change(index) }),
  );

export const aVersion = (change: Partial<Version> = {}): Version => ({
  id: "dmVyc2lvbi1vbmUtb2Ytb25l",
  generation: 1,
  device: aDeviceId(),
  createdAt: later(now, -DAY),
  contentType: "application/json",
  custody: "service",
  sizeBytes: 100,
  digest: sha256("content of generation 1"),
  accounts: { thirdParty: 1, personal: 0, work: 0 },
  keyId: "https://vault.example/keys/backups/1",
  wrappedKey: "d3JhcHBlZA",
  ...change,
});

/** A head with one device and one version, signed in and uploaded a day ago. */
export const aHead = (change: Partial<Head> = {}): Head => ({
  ...newHead(later(now, -DAY)),
  generation: 1,
  versions: [aVersion()],
  devices: [aDevice()],
  tag: "etag-1",
  ...change,
});

export const stored = (head: Head = aHead()): StoredHead => storedHead(head);

/** The state of an owner with this backup on Android, or with nothing. */
export const aState = (head: Head | undefined, change: Partial<OwnerState> = {}): OwnerState => ({
  ...(head ? withHead(newState(), "android", head) : newState()),
  ...change,
});

export const aPolicy = (change: Partial<StalenessPolicy> = {}): StalenessPolicy => ({
  signInAgingDays: 60,
  signInStaleDays: 90,
  uploadAgingDays: 120,
  uploadStaleDays: 180,
  undeleteDays: 30,
  retiredKeyIds: [],
  ...change,
});

/** 32 bytes that look random, the same for the same name. */
export const sha256Bytes = (name: string): Buffer => createHash("sha256").update(name).digest();

/** A record's id, the same for the same name. */
export const anId = (name: string) => sha256(name).slice(0, 22);

export const aRecord = (change: Partial<OwnerRecord> = {}): OwnerRecord => ({ ...newRecord(), ...change });

/** Confirmed a year ago. */
export const aContact = (change: Partial<Contact> = {}): Contact => ({
  id: anId("contact"),
  channel: "email",
  address: "anna@mail.example",
  language: "en",
  addedAt: later(now, -365 * DAY),
  verifiedAt: later(now, -365 * DAY),
  ...change,
});

type Personal = Extract<DeviceBoundAccount, { kind: "personal" }>;
type Work = Extract<DeviceBoundAccount, { kind: "work" }>;

export const aBound = (change: Partial<Personal> = {}): Personal => ({
  kind: "personal",
  issuer: "https://personal.example",
  userName: "anna@personal.example",
  ...change,
});

export const aBoundWork = (change: Partial<Work> = {}): Work => ({
  kind: "work",
  issuer: "https://sts.example",
  tenant: "contoso",
  userName: "anna@contoso.example",
  ...change,
});

type CodeChallenge = Extract<Challenge, { kind: "code" }>;
type ContactChallenge = Extract<Challenge, { kind: "contact" }>;

const aTry = { device: aDeviceId(), createdAt: now, attempts: 0 };

/** A code for a step-up, sent just now. */
export const aChallenge = (change: Partial<CodeChallenge> = {}): CodeChallenge => ({
  ...aTry,
  id: anId("challenge"),
  kind: "code",
  purpose: "step-up",
  recovery: anId("recovery"),
  account: aBound(),
  subject: "anna",
  codeHash: "",
  ...change,
});

/** A code that confirms a contact, sent just now. */
export const aContactChallenge = (change: Partial<ContactChallenge> = {}): ContactChallenge => ({
  ...aTry,
  id: anId("contact challenge"),
  kind: "contact",
  contact: anId("contact"),
  codeHash: "",
  ...change,
});

/** Keyed like the real one, without a vault. */
export const keyedHash: KeyedHash = {
  hash: async (purpose, text) => createHmac("sha256", `pepper ${purpose}`).update(text).digest("base64url"),
};
