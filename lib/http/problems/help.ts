/** The text of each problem's page: the cause for developers, and words for the phone's owner. */
import type { ProblemKind } from "./problems.ts";

/**
 * `cause` is for developers; an app may show `told` and `advice`. Backticks mark code. Only the build reads
 * these texts: the running service doesn't contain them.
 */
export type Help = { cause: string; told: string; advice: string };

const help = (cause: string, told: string, advice: string): Help => ({ cause, told, advice });

/** Only the app is at fault, so the owner can do nothing but update. */
const UPDATE =
  "Update the app. If it happens again, tell the people who make it, with the time and what you did.";
const ASKED_WRONGLY = "The app sent a request that the service doesn't understand. Nothing was changed.";
const LATER = "Wait a little and try again. Your backup is safe.";

export const problemHelp = {
  "invalid-request": help(
    "A header, a part of the path, a query parameter or a member of the body isn't as documented. `errors` names up to a hundred faults by JSON pointer, parameter or header, and says what is expected; `errorsTotal` counts all faults. Nothing was stored.",
    "The app sent something that the service can't accept, such as an account with a malformed secret. Your last backup is unchanged.",
    "If the app names an entry, correct it or leave it out. Otherwise update the app.",
  ),
  "route-not-found": help(
    "No endpoint has this path. Paths begin with the API's address, which ends in `/api`.",
    ASKED_WRONGLY,
    UPDATE,
  ),
  "method-not-allowed": help(
    "The path has an endpoint, but not for this method. No endpoint accepts HEAD or OPTIONS.",
    ASKED_WRONGLY,
    UPDATE,
  ),
  "body-required": help(
    "The endpoint needs a body, and the request has none or an empty one.",
    ASKED_WRONGLY,
    UPDATE,
  ),
  "not-signed-in": help(
    "The access token is missing or expired, its issuer isn't configured, its audience is another, or its signature is wrong. Only the service's log says which.",
    "Your sign-in has expired.",
    "Sign in again with the account that you use for your backup.",
  ),
  "sign-in-too-old": help(
    "The endpoint requires a recent sign-in (`maxAgeSeconds`). What counts is when the owner signed in (`auth_time`), not when the token was issued: a refreshed token is as old as its sign-in.",
    "This step needs a sign-in from just now.",
    "Sign in again. The app continues from there.",
  ),
  "sign-in-time-missing": help(
    "The endpoint requires a fresh sign-in, and the token has no claim that says when the owner signed in. Without that claim no sign-in counts as fresh.",
    "The sign-in service doesn't say when you signed in, so the backup service can't be sure that it is you right now.",
    "Sign in again. If that doesn't help, tell the people who run the service: only they can fix it.",
  ),
  "proof-invalid": help(
    "The `DPoP` header is missing, isn't signed by the key it names, was made for another request or token, or was used again where a proof counts only once. A token bound to a key (`cnf.jkt`) needs a proof by that key.",
    ASKED_WRONGLY,
    UPDATE,
  ),
  "clock-skewed": help(
    "The proof is signed and made for this request, but its `iat` is more than 60 seconds off. `skewSeconds` says how far the device's clock is ahead (negative: behind).",
    "Your phone's clock is wrong.",
    "Let the phone set its date and time automatically. A wrong clock also makes wrong codes.",
  ),
  "device-revoked": help(
    "This device and all its credentials were revoked: by one of the owner's devices, by an alarm's link, or because it was unseen for long and another device took its place. Its key isn't accepted again.",
    "This phone was removed from your account, by you or by somebody who can act for you.",
    "If this is your phone, sign in and recover on it: it becomes a new device. If you didn't remove it, check your list of devices and your mail.",
  ),
  "device-suspended": help(
    "Another device took this one's place because only thirty devices of a platform may be in use, or this device has changed nothing for a year. It keeps everything it had. With `suspendedUntil`, a newer device asked to revoke this one: that happens at that time, unless this device objects.",
    "This phone is paused: you haven't used it for long, you have very many phones, or a new phone asked to remove this one.",
    "Sign in again on this phone. It comes back with everything it had. If you didn't remove it yourself, say so in the app: that shuts the other phone out.",
  ),
  "device-too-new": help(
    "For some days after it came a device can't take away or hand out what its owner couldn't get back. `youngUntil` says when that is over. A code to a contact that was confirmed before the device came ends it at once.",
    "This phone is new here, so what you asked for has to wait: it might belong to a stranger who knows your password.",
    "Let the app send a code to your mail or number and type it in, do it on a phone that you have had for longer, or wait until the time that the app shows.",
  ),
  "device-unknown": help(
    "The proof's key belongs to none of the owner's devices. An owner of whom nothing is stored gets the same answer.",
    "The service doesn't know this phone yet.",
    "Sign in again and let the app recover, or add this phone.",
  ),
  "length-required": help(
    "The request has no `Content-Length`. Chunked bodies have none, and the platform drops them.",
    ASKED_WRONGLY,
    UPDATE,
  ),
  "body-too-large": help(
    "The body is larger than the limit (1 MiB unless set otherwise; more for requests with an envelope). `detail` has the number.",
    "Your backup is too large. The last one is unchanged.",
    "Remove entries that you don't need, and back up again.",
  ),
  "unsupported-media-type": help(
    "`Content-Type` is missing, or the endpoint doesn't accept that type or charset.",
    ASKED_WRONGLY,
    UPDATE,
  ),
  "app-too-old": help(
    "`App-Version` is below the minimum for its platform, `minimumVersion`.",
    "This version of the app is too old to be safe with your backup.",
    "Update the app from your app store.",
  ),
  busy: help(
    "Several requests changed the same state at once, and this one lost every attempt. It changed nothing.",
    "Another of your phones is changing the same thing right now.",
    LATER,
  ),
  "storage-unavailable": help(
    "Blob Storage or Queue Storage didn't answer in time. A write may have succeeded all the same; that is why every write is conditional or carries an `Idempotency-Key`.",
    "The service can't reach its storage at the moment.",
    LATER,
  ),
  "vault-unavailable": help(
    "Key Vault didn't answer, or refuses for now. Every request that must open something sealed needs it.",
    "The service can't open sealed backups at the moment. Backing up still works.",
    LATER,
  ),
  "identity-unavailable": help(
    "The service couldn't fetch the signing keys of the token's issuer, so it couldn't check the token.",
    "The sign-in service doesn't answer at the moment.",
    LATER,
  ),
  unexpected: help(
    "A fault of the service. Its log has the details under the request id, which is in `instance` and in the header `X-Request-Id`.",
    "Something went wrong in the service. It isn't your fault.",
    "Try again in a minute. If it keeps happening, tell the people who make the app.",
  ),
  "backup-not-found": help(
    "The owner has no backup on this platform: there never was one, or it was deleted. `POST v1/backups/{platform}/diagnosis` says which.",
    "There is no backup here for the account that you signed in with.",
    "Ask the app why: you may have backed up with another account or on the other kind of phone, or turned backup off.",
  ),
  "device-not-found": help(
    "None of the owner's devices has this id.",
    "This phone is no longer in your list.",
    "Reload the list of your devices.",
  ),
  "accounts-overlap": help(
    "The device already has accounts that are in the backup, and a recovery never overwrites an account on the device. `overlapping` points at them in `existingAccounts`. Nothing was recovered.",
    "Some of these accounts are already on this phone. Nothing was changed, so you lose none of them.",
    "Choose to keep what the phone has and recover the rest, or remove those accounts from the phone first.",
  ),
  "recovery-not-found": help(
    "This device made no recovery with this id. A recovery of another device gets the same answer.",
    "This phone has no such recovery.",
    "Recover again.",
  ),
  "plan-outdated": help(
    "The recovery named an outdated plan: the backup or the device's accounts have changed since. `plan` is the new one.",
    "The backup changed while you were looking at it.",
    "Check the new list, and recover if it is what you want.",
  ),
  "cross-platform-denied": help(
    "The member `from` names the other platform, and this service is set to deny recoveries across platforms.",
    "This service doesn't bring a backup from an iPhone to Android, or the other way.",
    "Recover on the kind of phone that made the backup.",
  ),
  "recovery-ended": help(
    "A recovery stays open for a week. A repeat of its request also needs its version to be in the history still.",
    "This recovery is over.",
    "Recover again. You keep what it has already brought you.",
  ),
  "backup-unreadable": help(
    "The stored data was damaged, swapped or rolled back, or the owner's key is gone. The service opens only data that is intact.",
    "Your backup can't be opened. Trying changed nothing.",
    "Keep the phones that have your accounts: nothing on them is lost. Tell the people who run the service.",
  ),
  "recovery-required": help(
    "Only a device that has itself uploaded or recovered may read the current document without an alarm.",
    "This phone doesn't have your backup yet.",
    "Sign in again and recover on this phone.",
  ),
  "stale-precondition": help(
    "`If-Match` names a state that is no longer current, or the request says `If-None-Match: *` although there is a backup. `etag` and `generation` are the current ones. Nothing was changed.",
    "Another of your phones backed up first.",
    "Nothing. The app fetches the newer backup, adds what is new on this phone, and backs up again.",
  ),
  "idempotency-key-reused": help(
    "The key was already used with other content. A repeated request must ask for exactly the same.",
    ASKED_WRONGLY,
    UPDATE,
  ),
  "precondition-required": help(
    "The request changes the backup but doesn't say which state it replaces.",
    ASKED_WRONGLY,
    UPDATE,
  ),
  "too-many-recoveries": help(
    "The device made more than twenty requests within two minutes for which a proof counts only once, such as recoveries; or all of the owner's devices together made two hundred.",
    "There were too many recoveries in a short time. If that wasn't you, check your mail and your list of devices.",
    "Wait as long as the app says, then try again.",
  ),
  "too-many-reads": help(
    "A device may read the current document a hundred times a day (UTC).",
    "This phone has fetched the backup too often today.",
    "Nothing. The app continues tomorrow.",
  ),
  "envelope-required": help(
    "The backup is in client custody: the app stored the envelope elsewhere, and the service keeps only what opens it.",
    "Your sealed backup is in your own cloud drive.",
    "Sign in to the cloud drive that you use with this app, and give the app access to it.",
  ),
  "envelope-outdated": help(
    "The envelope opens, but it belongs to an older generation (`envelopeGeneration`); the current one is `generation`.",
    "The copy in your cloud drive is older than your last backup.",
    "Let the cloud drive finish syncing, then try again.",
  ),
  "envelope-unreadable": help(
    "The envelope is truncated or changed, belongs to another owner or platform, or its version has left the history.",
    "The copy in your cloud drive is damaged.",
    "Look for an earlier copy of the file in your cloud drive's history.",
  ),
  "not-in-this-mode": help(
    "The request needs to read accounts, but a device sealed this backup: only the app can read it.",
    "Your app locked this backup so that the service can't read it. So the service can't do this for you.",
    "Recover with the app that made the backup.",
  ),
  "undelete-too-late": help(
    "The backup was deleted too long ago: the service keeps deleted backups for 30 days unless set otherwise.",
    "The deleted backup is gone for good.",
    "Back up again from a phone that has your accounts.",
  ),
  "erasure-begun": help(
    "The owner asked for erasure, and the time to take it back is over.",
    "The service erased everything about you, because you or somebody with your sign-in asked for it.",
    "To continue, back up again from a phone that has your accounts.",
  ),
  "version-not-found": help(
    "The history has no version with this id: newer versions displaced it, or this platform never had it.",
    "That older backup is gone.",
    "Choose another one from the list.",
  ),
  "role-missing": help(
    "The token's app isn't registered here, or the token lacks the role. No phone ever gets this answer.",
    "The organisation behind one of your accounts isn't set up for this. Your phone and your backup are fine.",
    "Tell that organisation's help desk.",
  ),
  "account-sign-in-required": help(
    "Proving a personal account takes a sign-in to that account. `Account-Authorization` is missing or not valid, or its sign-in is older than `maxAgeSeconds`.",
    "To use this account on this phone, you have to show that it is yours.",
    "Sign in to that account now, with its own password.",
  ),
  "account-not-proven": help(
    "`Account-Authorization` is valid, but for another account than the one to be proven.",
    "You signed in to a different account than the one you chose.",
    "Sign in to the account whose name the app shows.",
  ),
  "account-not-yours": help(
    "A provider's app asked about an account whose issuer or tenant it isn't registered for. No phone ever gets this answer.",
    "An organisation asked about an account that isn't its own, and the service told it nothing.",
    "Nothing.",
  ),
  "answer-wrong": help(
    "The code isn't the one that was sent. The try counts: a challenge allows five.",
    "The code is wrong.",
    "Type the code from the newest message. Older codes don't count.",
  ),
  "ticket-invalid": help(
    "The ticket is unknown, used, expired, or issued for another account. The answer doesn't say which.",
    "The QR code or printed code isn't valid: it was used before, it is too old, or it is for another account.",
    "Ask your organisation for a new one.",
  ),
  "account-not-in-recovery": help(
    "The recovery doesn't list this account, the account needs no proof, or it already has its credential. Or there is nothing to renew: the account still needs its proof, or its provider ended what was sent.",
    "That can't be done for this account now.",
    "Check the list of your accounts. Prove this one if the app lets you; if it is missing, recover again.",
  ),
  "contact-not-found": help(
    "The owner has no contact with this id.",
    "This e-mail address or phone number is no longer among your contacts.",
    "Reload the list of your contacts.",
  ),
  "challenge-not-found": help(
    "The challenge is unknown, answered, expired, out of tries, or belongs to another device. The answer doesn't say which.",
    "The code has expired.",
    "Ask for a new code, and enter it within ten minutes on this phone.",
  ),
  "account-not-on-device": help(
    "A device may issue a ticket only for a work account that works on it.",
    "This account doesn't work on this phone, so this phone can't vouch for it.",
    "Use a phone on which the account works, or ask your organisation for a QR code.",
  ),
  "account-bound-elsewhere": help(
    "Another recovery account has proven this account, and holds it until thirty days after the account's last credential ended, even if an erasure ended it. The answer doesn't say which recovery account.",
    "This account is in use with another recovery account.",
    "Sign in with the recovery account that you used before. If you can't, ask the organisation behind the account for a ticket.",
  ),
  "contact-unusable": help(
    "For a step-up: the contact isn't confirmed, or it is too new while an older contact exists or existed until recently (`usableInSeconds`). For a code that is to end a device's being young: the contact wasn't confirmed before the device came, or a device that is young itself confirmed it.",
    "The service can't send a code there yet: a new address has to wait, so that a thief with your password can't use their own.",
    "Choose an older address or number, confirm this one, or wait.",
  ),
  "contact-code-required": help(
    "To be done at once, what can't be undone needs more than a sign-in: a code, entered on this device within the sign-in's maximum age (`maxAgeSeconds`), that went to the contact confirmed first, before the device came. One that was removed counts until the cooling-off time is over. Where there is no such contact, only time helps.",
    "This can't be undone, so it isn't done at once on your password's word alone.",
    "Have a code sent to the address or number that you confirmed first, before you got this phone, and enter it here. Or let it wait: you can take it back until then.",
  ),
  "too-many-contacts": help(
    "The owner has reached the limit of contacts.",
    "You have reached the limit of addresses and numbers.",
    "Remove one that you no longer use.",
  ),
  "too-many-accounts": help(
    "The owner has reached the limit of proven personal and work accounts.",
    "You have reached the limit of proven accounts.",
    "Remove phones that you no longer use: accounts that are on no other phone go with them.",
  ),
  "too-many-messages": help(
    "The limit of codes for this contact, this owner or this part of the world is reached for now.",
    "Too many codes were sent.",
    "Look for the last one, also in your spam folder. Otherwise wait as long as the app says.",
  ),
  "too-many-tries": help(
    "Wrong answers add up over challenges. After the first few of them the service compares no answer for a while: from 30 seconds up to a day, and a month from the hundredth in a row.",
    "Somebody entered too many wrong codes.",
    "Wait as long as the app says. If that wasn't you, check your list of devices.",
  ),
  "messages-unavailable": help(
    "The service that sends mail and text messages doesn't answer, so no code was sent.",
    "The service can't send a code at the moment.",
    LATER,
  ),
} as const satisfies Record<ProblemKind, Help>;
