/**
 * What the page of a problem says besides title and remedy: when the service answers it, for developers, and
 * what the phone's owner can be told. Read when the pages are built, so none of it is in the running service.
 */
import type { ProblemKind } from "./problems.ts";

/**
 * `cause` is for developers; `told` and `advice` are sentences that an app may show. `backticks` are code.
 */
export type Help = { cause: string; told: string; advice: string };

const help = (cause: string, told: string, advice: string): Help => ({ cause, told, advice });

/** Where the app alone is at fault, and its owner can do nothing else. */
const UPDATE =
  "Update the app. If it happens again, tell the people who make it, with the time and what you did.";
const ASKED_WRONGLY =
  "The app asked for something in a way that the service doesn't take. Nothing was changed.";
const LATER = "Wait a little and try again. Nothing that is backed up is lost.";

export const problemHelp = {
  "invalid-request": help(
    "A header, a part of the path, a query parameter or a member of the body isn't as documented. `errors` names up to a hundred such places by JSON pointer, parameter or header, and says what would be right; `errorsTotal` says how many there are. Nothing was stored.",
    "The app sent something that the service can't take, such as an account entry with a secret that is no secret. Your last backup is as it was.",
    "Look whether the app names an entry to correct or leave out. Otherwise update the app.",
  ),
  "route-not-found": help(
    "No endpoint has this path. Paths begin with the API's address, which ends in `/api`.",
    ASKED_WRONGLY,
    UPDATE,
  ),
  "method-not-allowed": help(
    "There is an endpoint at this path, but not for this method. HEAD and OPTIONS are taken nowhere.",
    ASKED_WRONGLY,
    UPDATE,
  ),
  "body-required": help(
    "The endpoint needs a body, and the request came without one, or with one of no bytes.",
    ASKED_WRONGLY,
    UPDATE,
  ),
  "not-signed-in": help(
    "The access token is missing, expired, of an issuer that isn't configured, for another audience, or its signature is wrong. Which of these it was stands in the service's log only.",
    "Your sign-in has run out.",
    "Sign in again with the account that you use for your backup.",
  ),
  "sign-in-too-old": help(
    "The endpoint wants a sign-in of the last minutes (`maxAgeSeconds`). The time counts at which the owner signed in (`auth_time`), not the time at which the token was issued: a refreshed token is as old as its sign-in.",
    "For this you have to have signed in just now.",
    "Sign in again. The app goes on from there.",
  ),
  "sign-in-time-missing": help(
    "The endpoint wants a fresh sign-in, and the token has no claim that tells when it was. Without it no sign-in counts as fresh.",
    "The sign-in service doesn't say when you signed in, so the backup service can't be sure that it is you right now.",
    "Sign in again. If that doesn't help, tell the people who run the service: only they can mend it.",
  ),
  "proof-invalid": help(
    "The `DPoP` header is missing, isn't signed by the key that it names, was made for another request or token, or was used before where it counts only once. A token that is bound to a key (`cnf.jkt`) needs a proof of that very key.",
    ASKED_WRONGLY,
    UPDATE,
  ),
  "clock-skewed": help(
    "The proof is signed and made for this request, but its `iat` is more than 60 seconds off. `skewSeconds` says by how much the device's clock is ahead (negative: behind).",
    "The clock of your phone is wrong.",
    "Let the phone set its date and time automatically. Wrong time also makes wrong codes.",
  ),
  "device-revoked": help(
    "The owner, or the link in an alarm, has ended this device and all its credentials. Its key never counts again.",
    "This phone was removed from your account, by you or by somebody who may do that.",
    "If this is your phone, sign in and recover on it: it is then a new device. If you didn't remove it, look at your list of devices and at your mail.",
  ),
  "device-suspended": help(
    "Another device took the place of this one, since thirty of a platform may be in use, or this one has changed nothing for a year. It keeps what it had. With `suspendedUntil`, a device that came lately asked for this one to be revoked: it is at that time, unless it objects.",
    "This phone is set aside: it wasn't used for long, you have very many phones, or a new phone asked for this one to be removed.",
    "Sign in again on this phone. It is back then with all that it had. If you didn't remove it yourself, say so in the app: the other phone is shut out then.",
  ),
  "device-too-new": help(
    "For some days after a device came it can't take away or hand out what its owner couldn't have back. `youngUntil` says when that is over. A code to a contact that was confirmed before the device came ends it at once.",
    "This phone is new here, and what you asked for has to wait: it might be a stranger's who knows your password.",
    "Let the app send a code to your mail or number and type it in, do it on a phone that you have had for longer, or wait until the time that the app shows.",
  ),
  "device-unknown": help(
    "The owner has a backup, but the key that made the proof belongs to none of their devices.",
    "The service doesn't know this phone yet.",
    "Sign in again and let the app recover, or add this phone.",
  ),
  "length-required": help(
    "The request has no `Content-Length`, as with chunked bodies, which the platform doesn't hand on.",
    ASKED_WRONGLY,
    UPDATE,
  ),
  "body-too-large": help(
    "The body is longer than the service takes (1 MiB unless set otherwise; more where an envelope is sent). `detail` has the number.",
    "There is too much in your backup. The last one is as it was.",
    "Remove entries that you don't need, and back up again.",
  ),
  "unsupported-media-type": help(
    "`Content-Type` is missing or names another type or charset than the endpoint takes.",
    ASKED_WRONGLY,
    UPDATE,
  ),
  "app-too-old": help(
    "`App-Version` names a version below the least that is taken for its platform, `minimumVersion`.",
    "This version of the app is too old to be safe with your backup.",
    "Update the app from your app store.",
  ),
  busy: help(
    "Several requests changed the same state at once, and this one came too late each time. It changed nothing.",
    "Another of your phones is changing the same thing right now.",
    LATER,
  ),
  "storage-unavailable": help(
    "Blob Storage or Queue Storage didn't answer in time. A write may have been made all the same, which is why every write is conditional or carries an `Idempotency-Key`.",
    "The service can't reach its storage at the moment.",
    LATER,
  ),
  "vault-unavailable": help(
    "Key Vault didn't answer, or answers no more for now. Whatever has to open something sealed waits for it.",
    "The service can't open sealed backups at the moment. Backing up still works.",
    LATER,
  ),
  "identity-unavailable": help(
    "The signing keys of the token's issuer couldn't be fetched, so the token couldn't be checked.",
    "The sign-in service doesn't answer at the moment.",
    LATER,
  ),
  unexpected: help(
    "A fault of the service. What it was stands in its log beside the request id, which is in `instance` and in the header `X-Request-Id`.",
    "Something went wrong in the service. It isn't your fault.",
    "Try again in a minute. If it goes on, tell the people who make the app.",
  ),
  "backup-not-found": help(
    "The owner has no backup on this platform: never one, or it was deleted. `POST v1/backups/{platform}/diagnosis` says which.",
    "There is no backup here for the account that you signed in with.",
    "Ask the app why: you may have backed up with another account or on the other kind of phone, or turned backup off.",
  ),
  "device-not-found": help(
    "None of the owner's devices has this id.",
    "There is no such phone in your list any more.",
    "Look at the list of your devices again.",
  ),
  "accounts-overlap": help(
    "The device told of accounts that are in the backup, too, and what is on a device is never overwritten. `overlapping` points at them in `existingAccounts`. Nothing was recovered.",
    "Some of these accounts are on this phone already. Nothing was changed, so that none of them gets lost.",
    "Choose to keep what the phone has and to recover the rest, or remove those accounts from the phone first.",
  ),
  "recovery-not-found": help(
    "No recovery of this id was made by this device; that of another device looks the same.",
    "This phone has no such recovery.",
    "Start recovering again.",
  ),
  "plan-outdated": help(
    "A recovery named a plan that another one has replaced, since the backup or the device's accounts changed. `plan` is the new one.",
    "The backup changed while you were looking at it.",
    "Look at the new list, and recover if it is what you want.",
  ),
  "cross-platform-denied": help(
    "The member `from` names the other platform, and this service is set to keep each platform to its own.",
    "This service doesn't bring a backup from an iPhone to Android, or the other way.",
    "Recover on a phone of the kind that made the backup.",
  ),
  "recovery-ended": help(
    "A recovery can be continued for a week, and as long as the version that it recovered is in the history. The owner, or an alarm's link, may have ended it, too.",
    "This recovery is over.",
    "Recover again. What it has brought you stays.",
  ),
  "backup-unreadable": help(
    "What is stored was damaged, swapped or put back to an older state, or the owner's key is gone. The service opens nothing that isn't whole.",
    "Your backup can't be opened. Nothing was changed by trying.",
    "Keep the phones that have your accounts: nothing on them is lost. Tell the people who run the service.",
  ),
  "recovery-required": help(
    "Reading the current document without an alarm is for devices that have themselves uploaded or recovered.",
    "This phone hasn't got your backup yet.",
    "Sign in again and recover on this phone.",
  ),
  "stale-precondition": help(
    "`If-Match` names a state that isn't there any more, or `If-None-Match: *` says that there is none and there is one. `etag` and `generation` tell the present one. Nothing was changed.",
    "Another of your phones backed up first.",
    "Nothing: the app fetches the newer backup, adds what is new here, and backs up again.",
  ),
  "idempotency-key-reused": help(
    "The key came before, with other content. A repeated request must be the same to the byte in what it asks for.",
    ASKED_WRONGLY,
    UPDATE,
  ),
  "precondition-required": help(
    "The request changes a state, and doesn't say which one it replaces.",
    ASKED_WRONGLY,
    UPDATE,
  ),
  "too-many-recoveries": help(
    "A device has asked for more than twenty things within two minutes that a proof counts for only once, such as recoveries.",
    "Too much was recovered in a short time. If that wasn't you, look at your mail and your list of devices.",
    "Wait as long as the app says, then try again.",
  ),
  "too-many-reads": help(
    "A device may read the current document a hundred times a day (UTC).",
    "This phone has fetched the backup very often today.",
    "Nothing: the app goes on tomorrow.",
  ),
  "envelope-required": help(
    "The backup is in client custody: the service keeps only what opens the sealed copy, which the app has put elsewhere.",
    "Your sealed backup is in your own cloud drive.",
    "Sign in to the cloud drive that you use with this app, and let the app reach it.",
  ),
  "envelope-outdated": help(
    "The envelope opens, but it is that of a former generation (`envelopeGeneration`); the present one is `generation`.",
    "The copy in your cloud drive is older than your last backup.",
    "Let the cloud drive finish synchronising, then try again.",
  ),
  "envelope-unreadable": help(
    "The envelope is cut off, changed, of another owner or platform, or of a version that is forgotten.",
    "The copy in your cloud drive is damaged.",
    "Look in the history of your cloud drive for an earlier copy of the file.",
  ),
  "not-in-this-mode": help(
    "The request needs to read accounts, and the device sealed this backup itself: nobody but the app can.",
    "Your app locked this backup so that the service can't look into it, so the service can't do this for you.",
    "Recover with the app that made the backup.",
  ),
  "undelete-too-late": help(
    "The backup was deleted longer ago than deleted ones are kept (30 days unless set otherwise).",
    "The deleted backup is gone for good.",
    "Back up again from a phone that has your accounts.",
  ),
  "erasure-begun": help(
    "The owner asked for everything to be forgotten, and the time to take that back is over.",
    "Everything that the service knew of you was erased, as you or somebody with your sign-in asked.",
    "If you want to go on, back up again from a phone that has your accounts.",
  ),
  "version-not-found": help(
    "The history has no version of this id: it was displaced by newer ones, or never was of this platform.",
    "That older backup isn't kept any more.",
    "Choose another one from the list.",
  ),
  "role-missing": help(
    "The token is that of an app which isn't registered here, or whose token has no such role. Nobody's phone gets this answer.",
    "The organisation behind one of your accounts isn't set up for this. Your phone and your backup aren't concerned.",
    "Tell the help desk of that organisation.",
  ),
  "account-sign-in-required": help(
    "A personal account is proven by a sign-in to that very account: `Account-Authorization` is missing, not valid, or of a sign-in longer ago than `maxAgeSeconds`.",
    "To use this account on this phone, you have to show that it is yours.",
    "Sign in to that account now, with its own password.",
  ),
  "account-not-proven": help(
    "`Account-Authorization` is valid, but that of another account than the one to be proven.",
    "You signed in to another account than the one that you chose.",
    "Sign in with the account whose name the app shows.",
  ),
  "account-not-yours": help(
    "A provider's app asks about an account of an issuer or tenant that it isn't registered for. Nobody's phone gets this answer.",
    "The organisation behind one of your accounts asked about an account that isn't its own, and was told nothing.",
    "Nothing.",
  ),
  "answer-wrong": help(
    "The code isn't the one that was sent. The try is counted: a challenge takes five.",
    "The code isn't right.",
    "Look at the newest message and type its code again. An older code doesn't count.",
  ),
  "ticket-invalid": help(
    "The ticket is unknown, spent, expired, or issued for another account. All look alike.",
    "The QR code or printed code doesn't count: it was used, it is too old, or it is for another account.",
    "Ask your organisation for a new one.",
  ),
  "account-not-in-recovery": help(
    "The recovery names no such account, or it needs no proof, or it has what was asked for.",
    "There is nothing left to prove for this account.",
    "Look at the list of your accounts again. If it is missing, recover once more.",
  ),
  "contact-not-found": help(
    "The owner has no contact of this id.",
    "This e-mail address or phone number isn't among your contacts any more.",
    "Look at the list of your contacts again.",
  ),
  "challenge-not-found": help(
    "The challenge is unknown, answered, expired, out of tries, or belongs to another device. All look alike.",
    "The code has run out.",
    "Ask for a new code, and enter it within ten minutes on this phone.",
  ),
  "account-not-on-device": help(
    "A device may issue a ticket only for a work account that works on it.",
    "This account doesn't work on this phone, so this phone can't vouch for it.",
    "Use a phone on which the account works, or ask your organisation for a QR code.",
  ),
  "account-bound-elsewhere": help(
    "Another recovery account has proven this account, and has it until thirty days after its last credential ended. Whose it is, isn't told.",
    "This account is in use with another recovery account.",
    "Sign in with the recovery account that you used before. If you can't, ask the organisation behind the account for a ticket.",
  ),
  "contact-unusable": help(
    "The contact isn't confirmed, or is too new while an older one exists, or existed until lately (`usableInSeconds`).",
    "A code can't be sent there yet: new addresses have to wait, so that nobody who has your password can add theirs.",
    "Choose an older address or number, confirm this one, or wait.",
  ),
  "too-many-contacts": help(
    "As many contacts are registered as one owner may have.",
    "You have as many addresses and numbers as there may be.",
    "Remove one that you don't use any more.",
  ),
  "too-many-accounts": help(
    "As many personal and work accounts are proven as one owner may have.",
    "You have proven as many accounts as there may be.",
    "Remove phones that you don't use any more: accounts that no other phone has go with them.",
  ),
  "too-many-messages": help(
    "More codes were asked for than may be sent to this contact, to this owner or to this part of the world in that time.",
    "Too many codes were sent.",
    "Look for the last one, also among spam. Otherwise wait as long as the app says.",
  ),
  "too-many-tries": help(
    "Wrong answers add up over challenges; after each few of them nothing is compared for a while, from 30 seconds to a day.",
    "Too many wrong codes were entered.",
    "Wait as long as the app says. If it wasn't you who tried, look at your list of devices.",
  ),
  "messages-unavailable": help(
    "The service that sends mail and text messages doesn't answer, so no code is on its way.",
    "No code can be sent at the moment.",
    LATER,
  ),
} as const satisfies Record<ProblemKind, Help>;
