/** The areas of the reference, and each operation's area and description. */

/** In the order an app needs them. */
export const AREAS = {
  Backups:
    "Keep a copy of the accounts: upload it, check its state, turn backup off, go back to an older version.",
  Recovery: "Bring the accounts to a new device: plan first, then recover.",
  "Step-up": "Prove a personal or work account, and get this device's own credential for it.",
  Contacts: "Where the owner can be reached, for codes and for alarms.",
  Devices: "The owner's phones and tablets: register, rename, revoke.",
  Providers:
    "For organisations that run sign-in: issue tickets, check codes and signatures. Called by a server, not by the app.",
  Privacy: "The activity log, the export of all data, and erasure.",
  Alarms: "The page behind an alarm's link: HTML, for people.",
  Operations: "For the people who run the service, and for tools.",
} as const;
type Area = keyof typeof AREAS;

export type Operation = {
  area: Area;
  description: string;
  /** Descriptions of replies whose reason phrase says too little. */
  replies?: Record<number, string>;
};

const CONDITION = "Send `If-Match` with the ETag of the last answer, to name the state that this replaces.";

/** By the endpoint's name, in the order of the reference. */
export const OPERATIONS: Record<string, Operation> = {
  "upload-backup": {
    area: "Backups",
    description:
      "Stores the whole document as the next generation of this platform's backup. Send `If-None-Match: *` if there is no backup yet, " +
      "else `If-Match` with the ETag of the last answer. If another device was faster, the answer is 412: merge and try again. With an `Idempotency-Key`, a repeated " +
      "request stores once. Send a document that the device encrypted itself as `application/jose`.\n\n" +
      "An unregistered device may make the owner's very first upload, which registers it. One bad entry refuses the whole document; " +
      "`errors` names every bad entry. The limit is 1 MiB unless the service is set otherwise.",
    replies: {
      200: "Stored as the next generation.",
      201: "Stored as the first generation, or the first after the backup was deleted.",
    },
  },
  "check-staleness": {
    area: "Backups",
    description:
      "Says whether the owner can rely on the backup, why not, what the app should show and what to do next. Send `generation` and `digest` of " +
      "the device's last upload or recovery: without them the service can't notice that its storage was rolled back. The call is cheap: make it at each start.",
  },
  "get-backup": {
    area: "Backups",
    description:
      "The status of one platform's backup: generation, newest version, device, counts and times. Never any content.",
  },
  "list-backups": {
    area: "Backups",
    description: "The status of the owner's backups, at most one for each platform. Never any content.",
  },
  "read-document": {
    area: "Backups",
    description:
      "The current document, to merge after a 412 and to keep in step with other devices. Only for devices that have themselves uploaded or recovered. " +
      "The owner must have signed in within thirty days. A device may read a hundred times a day (UTC); a 304 doesn't count. " +
      "In client custody, use `POST` with the envelope.",
    replies: {
      200: "The document as it is stored.",
      304: "The caller has the current document.",
    },
  },
  "open-document": {
    area: "Backups",
    description:
      "The current document of a backup in client custody: send the newest envelope from the owner's own drive. It is a `POST`, but changes nothing.",
  },
  "confirm-sign-in": {
    area: "Backups",
    description: `Confirms that the owner has signed in to the recovery account again, which clears the stale reasons about the sign-in. ${CONDITION}`,
  },
  "delete-backup": {
    area: "Backups",
    description: `Turns backup off. The deleted backup can be undeleted for thirty days, unless the service is set otherwise. ${CONDITION}`,
  },
  "undelete-backup": {
    area: "Backups",
    description: `Brings a deleted backup back, until \`undeletableUntil\`. Safe to repeat. ${CONDITION}`,
  },
  "list-versions": {
    area: "Backups",
    description:
      "The last versions, newest first; ten, unless the service is set otherwise. Each with its time, device and size. Never any content.",
  },
  "restore-version": {
    area: "Backups",
    description: `Makes an older version current again, as a new generation. In client custody, a recovery then needs that version's own envelope. ${CONDITION}`,
  },
  "diagnose-backup": {
    area: "Backups",
    description:
      "Says why a recovery on this device would be refused, check by check, each with a remedy. Send what a recovery would send. " +
      "Any app version and unregistered devices may call it. Without a fresh sign-in it says only that one is needed.",
  },
  "plan-recovery": {
    area: "Recovery",
    description:
      "Says, account by account, what a recovery on this device would do: `restore`, `keep` or `step-up`, and why. Hands out and changes nothing.",
  },
  "recover-accounts": {
    area: "Recovery",
    description:
      "Brings the accounts back to this device and registers it. It never changes accounts that are already on the device: any overlap refuses " +
      "the recovery, unless `overlap` is `keep-existing`. Every contact of the owner gets an alarm. Send an `Idempotency-Key`: a repeat with it answers the same accounts " +
      "without a second alarm. In client custody, send the `envelope`.",
    replies: { 200: "The accounts, in the order of the backup. The ETag is that of this platform's backup." },
  },
  "get-recovery": {
    area: "Recovery",
    description:
      "The progress of a recovery, account by account, so that an app that was killed can continue.",
  },
  "renew-credential": {
    area: "Recovery",
    description:
      "Issues a new code credential in place of one that was lost on its way. The lost one is revoked.",
  },
  "repudiate-recovery": {
    area: "Recovery",
    description:
      'Reports "this was not me" from another of the owner\'s devices: revokes the device that recovered, with all its credentials. Safe to repeat.',
  },
  "start-step-up": {
    area: "Step-up",
    description:
      "Begins to prove one account of a recovery, on the device that recovered. For a personal account, let the owner sign in to that account " +
      "(`Account-Authorization`, at most five minutes old) and name the `contact` that gets the code. Without a contact the answer is a ticket of the account's provider, which also brings back an account that somebody else proved first. A work account needs neither: its answer is a ticket.",
    replies: { 201: "A challenge, valid for ten minutes and five tries." },
  },
  "answer-step-up": {
    area: "Step-up",
    description:
      "Answers the challenge with the code that was sent, or with the ticket, and gets this device's credential for the account, once. Send exactly one of `code` and `ticket`. " +
      "For push, make a P-256 key pair on the device and send its public half. Wrong answers add up over challenges, and the waits grow from 30 seconds to a day.",
  },
  "list-contacts": {
    area: "Contacts",
    description: "The owner's contacts, with masked addresses and numbers.",
  },
  "add-contact": {
    area: "Contacts",
    description:
      "Adds an e-mail address or a mobile phone number, and sends it a code. A repeat for the same address sends another code. An owner has at most ten contacts. " +
      "A number begins with `+` and its country code.",
  },
  "confirm-contact": {
    area: "Contacts",
    description:
      "Confirms the contact with the code that was sent to it. From then on the contact counts. A code sent to a contact that was confirmed before this device came gives the device all rights at once, and every contact is told. A code is valid for ten minutes and five tries, on the device that asked for it.",
  },
  "send-contact-code": {
    area: "Contacts",
    description:
      "Sends a code to a contact that was confirmed before this device came, so that a new device needn't wait for the end of the cooling-off time before it may do what older ones may. Enter the code as a new contact's code. The limits of other codes hold.",
    replies: { 201: "The code is on its way." },
  },
  "remove-contact": {
    area: "Contacts",
    description:
      "Removes a contact. Removing the last confirmed one needs a fresh sign-in. A removed contact gets a message, and gets alarms until the cooling-off time is over.",
    replies: { 204: "Removed." },
  },
  "list-devices": {
    area: "Devices",
    description: "The owner's devices on both platforms, including revoked ones.",
  },
  "register-device": {
    area: "Devices",
    description:
      "Registers this device by a fresh sign-in, or lets a suspended one in again, without recovering anything. Every contact gets an alarm. Thirty devices of each platform may be in use; one more takes the place of the one not seen for the longest time. Safe to repeat.",
  },
  "rename-device": { area: "Devices", description: "Gives one of the owner's devices another name." },
  "revoke-device": {
    area: "Devices",
    description:
      "Revokes one of the owner's devices and all its credentials for good, from the next request on. Every contact gets an alarm. An older device that revokes a newer one also undoes what that did lately to contacts and devices, and its request for erasure. A new device only suspends one that was there before it: that one is revoked when the new one's cooling-off time is over, unless it objects. Safe to repeat.",
    replies: { 202: "Suspended; revoked later.", 204: "Revoked." },
  },
  "object-to-revocation": {
    area: "Devices",
    description:
      "Lets a device in again that a newer one has suspended, by a fresh sign-in on it. Ends the newer device, undoes what it did lately, and tells every contact. No other newer device can suspend this one for the cooling-off time, unless a contact's code was entered on it. Safe to repeat.",
  },
  "issue-device-ticket": {
    area: "Devices",
    description:
      "Issues a ticket for a work account that works on this device, so that the owner's new device doesn't need the provider. The ticket counts once, within ten minutes unless the service is set otherwise. The answer has it only once.",
  },
  "issue-ticket": {
    area: "Providers",
    description:
      "Issues a ticket for one of the provider's accounts, as a QR code and as a code to type. It moves an account that another owner has proven; that owner is told first. For a personal account it replaces the contact's code, not the sign-in to that account. `now`: valid for ten minutes. `printed`: valid for a year, to keep on paper. The service can be set to other times. The ticket counts once, and the answer has it only once.",
  },
  "verify-code": {
    area: "Providers",
    description:
      "Says whether an account's one-time code is right, and which device it came from. Each code counts once, up to one time step early or late. Unknown accounts and wrong codes get the same answer after the same time.",
  },
  "verify-signature": {
    area: "Providers",
    description:
      "Says whether a device of the account signed the provider's challenge with its push credential (ES256).",
  },
  "end-credentials": {
    area: "Providers",
    description:
      "Ends what one device has for an account, or what all devices have: codes and push keys stop counting at once, and no recovery brings them back without a step-up. The contacts of the account's owner are told first. The answer is the same after the same time, whatever there was. Safe to repeat.",
    replies: { 204: "Nothing of it counts any more." },
  },
  "list-activity": {
    area: "Privacy",
    description: "The activity log, newest first, a hundred entries a page, and whether the log is intact.",
  },
  "export-data": {
    area: "Privacy",
    description:
      "Everything that is stored about the owner, as one JSON document. Every contact gets an alarm first. Data that can't be opened has `unreadable: true` in place of its content. A device proof counts for one export only.",
  },
  "erase-data": {
    area: "Privacy",
    description:
      "Erases everything that is stored about the owner, so that no remaining copy can be read. A setting of the service decides whether it happens at once or after a time in which the owner can take it back. Safe to repeat.",
    replies: {
      202: "The erasure is planned, and can be taken back until `eraseAt`.",
      204: "Everything is erased.",
    },
  },
  "keep-data": {
    area: "Privacy",
    description: "Takes back a planned erasure that hasn't begun. Safe to repeat.",
    replies: { 204: "Nothing will be erased." },
  },
  "show-alarm": {
    area: "Alarms",
    description:
      "Shows what an alarm's link does, with a button to do it. Opening the page changes nothing, so mail scanners do no harm.",
    replies: {
      200: "A page that asks, or says that the device is already shut out.",
      404: "The link isn't from this service, or it is too old.",
    },
  },
  "repudiate-alarm": {
    area: "Alarms",
    description:
      '"This was not me": revokes the alarm\'s device at once, with its recovery and its credentials. Safe to repeat.',
    replies: { 200: "The device is shut out.", 404: "The link isn't from this service, or it is too old." },
  },
  "get-health": {
    area: "Operations",
    description:
      "Says that the service runs, how many messages and pages of sweeps wait or were given up, and how far each sweep has come. Names nobody, and needs no token.",
  },
  "get-openapi": {
    area: "Operations",
    description: "This document. Needs no token; answers from memory.",
    replies: { 200: "This document.", 304: "The caller has the current document." },
  },
  "show-docs": {
    area: "Operations",
    description:
      "The reference for developers who build on this API: a page without script, the same for everybody.",
    replies: { 200: "The page.", 304: "The caller has the current page." },
  },
  "list-problems": {
    area: "Operations",
    description: "A page that lists every kind of problem, each with a link to its own page.",
    replies: { 200: "The page.", 304: "The caller has the current page." },
  },
  "show-problem": {
    area: "Operations",
    description:
      "The page to which a problem's `type` leads: what happened and what to do, for developers and for the phone's owner.",
    replies: {
      200: "The page.",
      304: "The caller has the current page.",
      404: "There is no such kind. The page lists all kinds.",
    },
  },
  "start-sweep": {
    area: "Operations",
    description: "Starts a sweep by hand. Each sweep also starts once a day by itself. Safe to repeat.",
    replies: { 202: "The sweep runs on its own. `GET v1/sweeps` shows its progress." },
  },
  "list-sweeps": {
    area: "Operations",
    description:
      "The progress of each sweep's last run, and which versions of the vault's keys are still needed.",
  },
};
