/** What the decisions work on: callers, devices, versions and heads, each good unless a test says otherwise. */
import { DAY, later } from "../../lib/domain/clock.ts";
import type { Device } from "../../lib/domain/device.ts";
import { type Head, newHead, type StoredHead, type Version } from "../../lib/domain/head.ts";
import { type Caller, DeviceId, ownerIdOf, type Place, sha256 } from "../../lib/domain/owner.ts";
import type { StalenessPolicy } from "../../lib/domain/staleness.ts";

export const now = new Date("2026-05-04T10:00:00.000Z");

export const aDeviceId = (name = "phone") => DeviceId.parse(sha256(name));

const anOwnerId = (subject = "anna") => ownerIdOf({ issuer: "https://login.example", subject });

export const aPlace = (change: Partial<Place> = {}): Place => ({
  owner: anOwnerId(),
  platform: "android",
  ...change,
});

export const aCaller = (change: Partial<Caller> = {}): Caller => ({
  owner: anOwnerId(),
  device: aDeviceId(),
  authTime: now,
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
  sizeBytes: 100,
  digest: sha256("content of generation 1"),
  accounts: { thirdParty: 1, personal: 0, work: 0 },
  keyId: "https://vault.example/keys/backups/1",
  ...change,
});

/** A head with one device and one version, signed in and uploaded a day ago. */
export const aHead = (change: Partial<Head> = {}): Head => ({
  ...newHead(later(now, -DAY)),
  generation: 1,
  versions: [aVersion()],
  devices: [aDevice()],
  ...change,
});

export const stored = (head: Head = aHead(), etag = '"etag-1"'): StoredHead => ({ value: head, etag });

export const aPolicy = (change: Partial<StalenessPolicy> = {}): StalenessPolicy => ({
  signInAgingDays: 60,
  signInStaleDays: 90,
  uploadAgingDays: 120,
  uploadStaleDays: 180,
  undeleteDays: 30,
  retiredKeyIds: [],
  ...change,
});
