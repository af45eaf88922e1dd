/** What each operation is for, in plain words, and where it stands in the reference. */

/** In the order in which an app needs them. */
export const AREAS = {
  Backups:
    "Keep a copy of the accounts: upload, look at its state, turn it off, go back to an older version.",
  Recovery: "Bring the accounts to a new device: look first, then recover.",
  "Step-up": "Prove a personal or work account, and get this device's own credential for it.",
  Contacts: "Where the owner can be reached, for codes and for alarms.",
  Devices: "The owner's phones and tablets: register, rename, revoke.",
  Providers:
    "For organisations that run sign-in: issue tickets, check codes and signatures. Called by a server, not by the app.",
  Privacy: "What happened, everything that is held, and how to have it erased.",
  Alarms: "The page behind the link in an alarm. It is for people, and answers HTML.",
  Operations: "For the people who run the service, and for tools.",
} as const;
type Area = keyof typeof AREAS;

export type Operation = {
  area: Area;
  description: string;
  /** What a status says, where the reason phrase says too little. */
  replies?: Record<number, string>;
};

const CONDITION = "Name the state that it replaces: `If-Match` with the ETag of the last answer.";

/** By the endpoint's name, in the order of the reference. */
export const OPERATIONS: Record<string, Operation> = {
  "upload-backup": {
    area: "Backups",
    description:
      "Stores the whole document as the next generation of this platform's backup. Send `If-None-Match: *` where there is no backup yet, " +
      "else `If-Match` with the ETag of the last answer: whoever comes too late gets 412 and merges. With an `Idempotency-Key`, repeating " +
      "the request stores once. A document that the device has encrypted itself is sent as `application/jose`.\n\n" +
      "An unknown device may make the owner's very first upload; it is registered by it. A bad entry refuses the whole document, and " +
      "`errors` names every bad one. At most 1 MiB, unless the service is set to another limit.",
    replies: {
      200: "Stored as the next generation.",
      201: "Stored as the first generation, or the first after the backup was deleted.",
    },
  },
  "check-staleness": {
    area: "Backups",
    description:
      "Says whether the backup can be relied on, why not, what the app should show and what to do next. Send `generation` and `digest` of " +
      "the last upload or recovery along: only then does the service notice that its storage was put back to an older state. Cheap: ask at each start.",
  },
  "get-backup": {
    area: "Backups",
    description:
      "What is stored for one platform: generation, newest version, device, counts and times. Never any content.",
  },
  "list-backups": {
    area: "Backups",
    description:
      "The status of the backup of each platform, of which an owner has at most one. Never any content.",
  },
  "read-document": {
    area: "Backups",
    description:
      "The current document, for a device that has itself uploaded or recovered: to merge after a 412, and to keep in step with other devices. " +
      "The owner must have signed in within thirty days. A device may read a hundred times a day (UTC); a 304 doesn't count. " +
      "Where the client has custody, ask with `POST` and the envelope.",
    replies: {
      200: "The document as it is stored.",
      304: "The ETag at hand is that of the current document.",
    },
  },
  "open-document": {
    area: "Backups",
    description:
      "The same where the client has custody: send the newest envelope from the owner's own drive. Changes nothing, though it is a `POST`.",
  },
  "confirm-sign-in": {
    area: "Backups",
    description: `Says that the owner has signed in to the recovery account again, so that the backup isn't stale for that. ${CONDITION}`,
  },
  "delete-backup": {
    area: "Backups",
    description: `Turns backup off. What was stored is kept for thirty days, unless set otherwise, and can be undeleted. ${CONDITION}`,
  },
  "undelete-backup": {
    area: "Backups",
    description: `Brings a deleted backup back while it is kept (\`undeletableUntil\`). Safe to repeat. ${CONDITION}`,
  },
  "list-versions": {
    area: "Backups",
    description:
      "The last versions, newest first; ten, unless set otherwise. When, from which device, how much. Never any content.",
  },
  "restore-version": {
    area: "Backups",
    description: `Makes a former version current again, as a new generation. Where the client has custody, the owner needs that version's own envelope. ${CONDITION}`,
  },
  "diagnose-backup": {
    area: "Backups",
    description:
      "Tells why a recovery on this device would be refused, check by check, each with a remedy. Send what a recovery would send. " +
      "Takes any app version and unknown devices. Without a fresh sign-in it says only that one is needed.",
  },
  "plan-recovery": {
    area: "Recovery",
    description:
      "Says, account by account, what a recovery on this device would do: `restore`, `keep` or `step-up`, and why. Nothing is handed out or changed.",
  },
  "recover-accounts": {
    area: "Recovery",
    description:
      "Brings the accounts back to this device and registers it. Accounts that are on the device already are never touched: any overlap refuses " +
      "the recovery, unless `overlap` is `keep-existing`. Every contact of the owner is told. Send an `Idempotency-Key`: repeated with it, the same accounts " +
      "come again without a second alarm. Where the client has custody, send its `envelope`.",
    replies: { 200: "The accounts, in the order of the backup. The ETag is that of this platform's backup." },
  },
  "get-recovery": {
    area: "Recovery",
    description:
      "How far a recovery has come, account by account, so that an app that was killed goes on where it was.",
  },
  "renew-credential": {
    area: "Recovery",
    description: "A fresh code credential in the place of one that got lost on its way. The lost one ends.",
  },
  "repudiate-recovery": {
    area: "Recovery",
    description:
      'Says, from another of the owner\'s devices, "this was not me": the device that recovered is revoked with all it got. Safe to repeat.',
  },
  "start-step-up": {
    area: "Step-up",
    description:
      "Begins to prove one account of a recovery, on the device that recovered. For a personal account, sign in to that very account " +
      "(`Account-Authorization`, not older than five minutes) and name the `contact` that the code is sent to. A work account needs a ticket of its provider, and neither of the two.",
    replies: { 201: "A challenge, good for ten minutes and five tries." },
  },
  "answer-step-up": {
    area: "Step-up",
    description:
      "Answers the challenge with the code that was sent, or with the ticket, and gets this device's credential for the account, once. Send exactly one of `code` and `ticket`. " +
      "For push, make a P-256 key pair on the device and send its public half. Wrong answers add up over challenges: waits grow from 30 seconds to a day.",
  },
  "list-contacts": {
    area: "Contacts",
    description: "Where the owner can be reached; addresses and numbers are masked.",
  },
  "add-contact": {
    area: "Contacts",
    description:
      "Adds an e-mail address or the number of a mobile phone, and sends it a code. Asked again for the same address, another code is sent. At most ten contacts. " +
      "A number begins with `+` and its country code.",
  },
  "confirm-contact": {
    area: "Contacts",
    description:
      "Takes the code that was sent to the contact; from then on the contact counts. One that was sent to a contact confirmed before this device came gives the device all rights at once, and every contact is told. A code counts for ten minutes and five tries, on the device that asked for it.",
  },
  "send-contact-code": {
    area: "Contacts",
    description:
      "Sends a code to a contact that was confirmed before this device came, so that a new device needn't wait until the cooling-off time is over before it may do what older ones may. The code is entered as a new contact's is. It has the limits of other codes.",
    replies: { 201: "The code is on its way." },
  },
  "remove-contact": {
    area: "Contacts",
    description:
      "Removes a contact. The last confirmed one needs a fresh sign-in. Those who are removed are told, and are told of alarms until the cooling-off time is over.",
    replies: { 204: "Removed." },
  },
  "list-devices": {
    area: "Devices",
    description: "The owner's devices on both platforms, revoked ones too.",
  },
  "register-device": {
    area: "Devices",
    description:
      "Registers this device by a fresh sign-in, or lets it in again after it was suspended, without recovering anything. Every contact is told. Of each platform thirty devices may be in use; one more takes the place of the one unseen for the longest. Safe to repeat.",
  },
  "rename-device": { area: "Devices", description: "Gives one of the owner's devices another name." },
  "revoke-device": {
    area: "Devices",
    description:
      "Revokes one of the owner's devices and all its credentials for good, from the next request on. Every contact is told. A device that came lately only suspends one that was there before it: that one is revoked when the cooling-off time of the new one is over, unless it objects. Safe to repeat.",
    replies: { 202: "Suspended, and revoked later.", 204: "Revoked." },
  },
  "object-to-revocation": {
    area: "Devices",
    description:
      "Lets in again a device that one that came later has suspended, by a fresh sign-in on it. The later one is ended with all it did lately, every contact is told, and no other that comes later can suspend this one for the cooling-off time, but for a contact's code. Safe to repeat.",
  },
  "issue-device-ticket": {
    area: "Devices",
    description:
      "A ticket for a work account that works on this device, so that the owner's new one needn't ask the provider. It counts once, for ten minutes unless set otherwise, and is told once.",
  },
  "issue-ticket": {
    area: "Providers",
    description:
      "A ticket for one of the provider's work accounts, as a QR code and as a code to type. `now`: counts for ten minutes; `printed`: for a year, to be kept on paper; unless set otherwise. It counts once, and is told once.",
  },
  "verify-code": {
    area: "Providers",
    description:
      "Asks whether a one-time code of an account is right, and which device it came from. Each code counts once, one time step early or late. Unknown accounts and wrong codes answer alike, and equally slowly.",
  },
  "verify-signature": {
    area: "Providers",
    description:
      "Asks whether a device of the account has signed the provider's challenge with its push credential (ES256).",
  },
  "list-activity": {
    area: "Privacy",
    description: "What happened, newest first, a hundred entries a page, and whether the log is whole.",
  },
  "export-data": {
    area: "Privacy",
    description:
      "Everything that is held about the owner, as one JSON document. Every contact is told first. What can't be opened has `unreadable: true` in the place of its content. A device proof counts for one export only.",
  },
  "erase-data": {
    area: "Privacy",
    description:
      "Erases everything that is held about the owner; no copy anywhere can be read any more. At once, or after a time in which it can be taken back, as the service is set. Safe to repeat.",
    replies: { 202: "It is planned, and can be taken back until `eraseAt`.", 204: "Everything is erased." },
  },
  "keep-data": {
    area: "Privacy",
    description: "Takes back an erasure that was asked for and hasn't begun. Safe to repeat.",
    replies: { 204: "Nothing will be erased." },
  },
  "show-alarm": {
    area: "Alarms",
    description:
      "What the link in an alarm would do, and a button for it. Looking changes nothing, so mail scanners do no harm.",
    replies: {
      200: "A page that asks, or says that the device is shut out already.",
      404: "The link isn't one of this service, or is too old.",
    },
  },
  "repudiate-alarm": {
    area: "Alarms",
    description:
      '"This was not me": the device that the alarm is about, its recovery and its credentials end at once. Safe to repeat.',
    replies: { 200: "The device is shut out.", 404: "The link isn't one of this service, or is too old." },
  },
  "get-health": {
    area: "Operations",
    description:
      "The service runs; how many messages and pages of sweeps wait or were given up, and how far each sweep has come. Names nobody. Asked without a token.",
  },
  "get-openapi": {
    area: "Operations",
    description: "This document. Asked without a token; answers from memory.",
    replies: { 200: "This document.", 304: "The ETag at hand is that of this document." },
  },
  "show-docs": {
    area: "Operations",
    description:
      "The reference, for the people who build on this API: a page without script, the same for everybody.",
    replies: { 200: "The page.", 304: "The ETag at hand is that of the page." },
  },
  "list-problems": {
    area: "Operations",
    description: "A page that lists every kind of problem, each with a link to its own page.",
    replies: { 200: "The page.", 304: "The ETag at hand is that of the page." },
  },
  "show-problem": {
    area: "Operations",
    description:
      "Where the `type` of a problem leads: what happened and what to do, for developers and for the phone's owner.",
    replies: {
      200: "The page.",
      304: "The ETag at hand is that of the page.",
      404: "There is no such kind: a page that lists all that there are.",
    },
  },
  "start-sweep": {
    area: "Operations",
    description: "Starts a sweep by hand; otherwise each is started once a day. Safe to repeat.",
    replies: { 202: "It goes on by itself: `GET v1/sweeps` tells how far it has come." },
  },
  "list-sweeps": {
    area: "Operations",
    description:
      "How far the last run of each sweep has come, and which versions of the vault's keys are still needed.",
  },
};
