/** Full, valid states of an owner for the sealed stores' tests. */
/** Every text that is somebody's begins with "canary". */
import type { DeviceBoundAccount } from "../../lib/domain/account.ts";
import type { AccountCredentials } from "../../lib/domain/credentials/credential.ts";
import type { OwnerRecord } from "../../lib/domain/owner/owner-record.ts";
import type { OwnerId } from "../../lib/domain/owner.ts";
import type { RecoveryRecord } from "../../lib/domain/recovery/record.ts";
import { accountDigest, type Ticket } from "../../lib/domain/step-up/ticket.ts";
import {
  aBound,
  aBoundWork,
  aChallenge,
  aContact,
  aContactChallenge,
  aDeviceId,
  anId,
  anOwnerId,
  aRecord,
  aVersion,
  now,
  sha256Bytes,
} from "../domain/builders.ts";

export const aFullRecord = (): OwnerRecord =>
  aRecord({
    contacts: [
      aContact({ address: "canary@mail.example" }),
      aContact({ id: anId("phone"), channel: "phone", address: "+46700000042", language: "sv" }),
    ],
    removedContacts: [
      {
        ...aContact({ id: anId("removed"), address: "canary-removed@mail.example" }),
        verifiedAt: now,
        removedBy: aDeviceId(),
        byNewer: true,
        keptUntil: now,
      },
    ],
    contactRemovedAt: now,
    newcomerToldAt: now,
    bindings: [
      { account: aPersonal(), subject: "canary-subject", boundAt: now, devices: [aDeviceId()] },
      { account: aBoundWork({ userName: "canary@contoso.example" }), boundAt: now, devices: [] },
    ],
    endedDevices: [aDeviceId("lost")],
    failures: { count: 7, at: now },
    challenges: [
      aChallenge({ account: aPersonal(), subject: "canary-subject", codeHash: "hash" }),
      aContactChallenge({ codeHash: "hash" }),
      {
        id: anId("ticket challenge"),
        device: aDeviceId(),
        createdAt: now,
        attempts: 0,
        kind: "ticket",
        purpose: "step-up",
        recovery: anId("recovery"),
        account: aBoundWork(),
      },
    ],
    sent: [{ to: "digest", at: now }],
  });

const aPersonal = (userName = "canary@personal.example") =>
  aBound({ issuer: "https://canary-personal.example", userName });

export const aRecoveryRecord = (change: Partial<RecoveryRecord> = {}): RecoveryRecord => ({
  device: aDeviceId(),
  platform: "android",
  from: "ios",
  version: aVersion(),
  request: "digest",
  createdAt: now,
  accounts: [
    { account: { kind: "third-party", issuer: "canary-issuer", userName: "" }, state: "restored" },
    { account: aPersonal(), state: "credential-sent" },
    { account: aBoundWork({ userName: "canary@contoso.example" }), state: "step-up" },
    { account: { kind: "third-party", issuer: "", userName: "canary-user" }, state: "kept" },
  ],
  ...change,
});

const publicKey = {
  kty: "EC",
  crv: "P-256",
  x: sha256Bytes("x").toString("base64url"),
  y: sha256Bytes("y").toString("base64url"),
} as const;

export const someCredentials = (change: Partial<AccountCredentials> = {}): AccountCredentials => ({
  owner: anOwnerId(),
  holders: [
    {
      device: aDeviceId(),
      code: { secret: Buffer.from("canary-secret-1234567").toString("base64"), issuedAt: now, lastStep: 1 },
      push: { publicKey, issuedAt: now },
    },
    { device: aDeviceId("tablet"), push: { publicKey, issuedAt: now } },
  ],
  ended: [aDeviceId("lost")],
  failures: { count: 3, at: now },
  ...change,
});

export const aTicket = (change: Partial<Ticket> = {}): Ticket => ({
  account: accountDigest(aBoundWork()),
  issuedBy: { by: "provider", client: "canary-client" },
  issuedAt: now,
  expiresAt: now,
  ...change,
});

export const accountsOf = (owner: OwnerId): DeviceBoundAccount[] => [
  aPersonal(`canary-${owner}@personal.example`),
  aBoundWork({ userName: `canary-${owner}@contoso.example` }),
];
