/** Every problem there is: its status, and what the client should do about it. */
import type { FailureKind } from "../../domain/failure.ts";

/** `unexpected` is a fault of ours: whatever was thrown that is no Failure. */
export type ProblemKind = FailureKind | "unexpected";

/**
 * Whether the same request may succeed later: as it is (after `Retry-After`), once changed, or not at all.
 */
export const RETRIES = ["as-is", "after-change", "never"] as const;
type Retry = (typeof RETRIES)[number];

export type Entry = { status: number; title: string; remedy: string; retry: Retry };

const entry = (status: number, retry: Retry, title: string, remedy: string): Entry => ({
  status,
  title,
  remedy,
  retry,
});

export const problems = {
  // Of the request itself, of whoever sends it, and of what the service depends on.
  "invalid-request": entry(
    400,
    "after-change",
    "The request is not valid.",
    "Correct what `errors` names. Of a backup, an app may leave out the entries that it can't correct, and tell its owner.",
  ),
  "route-not-found": entry(
    404,
    "after-change",
    "There is no such route.",
    "Correct the path: `routes` names all that there are, relative to the API's address. Parts in braces are to be filled in. The reference describes each (GET docs).",
  ),
  "method-not-allowed": entry(
    405,
    "after-change",
    "The route doesn't take this method.",
    "Use one of the methods in `Allow`.",
  ),
  "body-required": entry(400, "after-change", "The request has no body.", "Send the document as the body."),
  "not-signed-in": entry(
    401,
    "after-change",
    "A valid access token is required.",
    "Send `Authorization: Bearer` with an access token of the recovery account (a provider: of its app); get a new one if it expired.",
  ),
  "sign-in-too-old": entry(
    401,
    "after-change",
    "A fresh sign-in is required.",
    "Let the owner sign in again (`max_age` as in WWW-Authenticate), then repeat with the new token.",
  ),
  "sign-in-time-missing": entry(
    403,
    "after-change",
    "The access token doesn't say when the owner signed in.",
    "Let the owner sign in again, asking for `max_age`. If the new token doesn't say it either, tell the people who run the service: " +
      "the provider must put the claim `auth_time` into its tokens (Entra: an optional claim; Auth0: an Action and `authTimeClaim`; " +
      "Okta: a custom authorization server; Keycloak: the client scope `basic`; Google: session age claims). infra/IDENTITY.md says how.",
  ),
  "proof-invalid": entry(
    401,
    "after-change",
    "A valid device proof is required.",
    "Send a `DPoP` header made for this request: its method, its URL, this token, the present time, a new `jti`. " +
      "`errors` names the claims that are wrong, once the signature is right.",
  ),
  "clock-skewed": entry(
    401,
    "after-change",
    "The device proof isn't of the present time.",
    "Make a new proof with the time that `serverTime` tells, and repeat. If the app doesn't do that by itself, let the owner " +
      "have the device set its clock automatically.",
  ),
  "device-revoked": entry(
    401,
    "after-change",
    "This device was revoked.",
    "Make a new device key, let the owner sign in again, and register it or recover with it.",
  ),
  "device-suspended": entry(
    403,
    "after-change",
    "This device is suspended.",
    "Let the owner sign in again, then register this device (POST v1/devices) or recover (POST v1/recoveries): it is let in again, with all that it had. " +
      "Where `suspendedUntil` stands, another device wants this one revoked: object before then (POST v1/devices/{id}/object), which ends the other.",
  ),
  "device-too-new": entry(
    403,
    "after-change",
    "This device came too lately for that.",
    "Wait until `youngUntil`, or let the owner enter a code now: POST v1/contacts/{id}/code sends one to a contact that was confirmed before this device came, " +
      "POST v1/contacts/{id}/confirm takes it. A device that has been there for longer may do it at once.",
  ),
  "device-unknown": entry(
    403,
    "after-change",
    "This device is not registered.",
    "Let the owner sign in again, then register this device (POST v1/devices) or recover (POST v1/recoveries). " +
      "Where nothing is stored yet, the first upload needs neither.",
  ),
  "length-required": entry(411, "after-change", "The body has no length.", "Send Content-Length."),
  "body-too-large": entry(413, "after-change", "The body is too large.", "Send a smaller document."),
  "unsupported-media-type": entry(
    415,
    "after-change",
    "The body is of a type that is not taken here.",
    "Send `Content-Type: application/json`, in UTF-8 (a document that the device sealed: `application/jose`).",
  ),
  "app-too-old": entry(
    426,
    "after-change",
    "This version of the app is too old.",
    "Let the owner update the app to `minimumVersion` or later.",
  ),
  busy: entry(503, "as-is", "Other requests change the same state.", "Repeat as Retry-After says."),
  "storage-unavailable": entry(503, "as-is", "The storage does not answer.", "Repeat as Retry-After says."),
  "vault-unavailable": entry(
    503,
    "as-is",
    "The key vault does not answer.",
    "Repeat as Retry-After says. Uploads still work.",
  ),
  "identity-unavailable": entry(
    503,
    "as-is",
    "The identity provider does not answer.",
    "Repeat as Retry-After says.",
  ),
  unexpected: entry(500, "as-is", "Something went wrong here.", "Repeat once; then report the request id."),
  // Of backups, recoveries and devices.
  "backup-not-found": entry(
    404,
    "after-change",
    "There is no backup.",
    "Ask for its staleness, or upload a backup.",
  ),
  "device-not-found": entry(404, "never", "There is no such device.", "List the devices (GET v1/devices)."),
  "accounts-overlap": entry(
    409,
    "after-change",
    "The device already has some of these accounts.",
    "Remove the accounts that `overlapping` points at from the device, or recover with `overlap: keep-existing`. " +
      "Where `askAgainWith` stands, send the `fingerprint` of each account of the device first: those that only share a name don't overlap.",
  ),
  "recovery-not-found": entry(
    404,
    "after-change",
    "There is no such recovery on this device.",
    "Recover on this device (POST v1/recoveries).",
  ),
  "plan-outdated": entry(
    409,
    "after-change",
    "The backup changed since the plan was made.",
    "Show the owner the new `plan`, then recover with its id.",
  ),
  "cross-platform-denied": entry(
    409,
    "never",
    "A backup of the other platform can't be recovered here.",
    "Recover on a device of the platform that made the backup.",
  ),
  "recovery-ended": entry(
    410,
    "never",
    "The recovery has ended.",
    "Recover again (POST v1/recoveries), with another `Idempotency-Key`.",
  ),
  "backup-unreadable": entry(
    409,
    "never",
    "The backup can't be opened.",
    "Nothing was changed. Tell the people who run the service; a copy on another device is still good.",
  ),
  "recovery-required": entry(
    403,
    "after-change",
    "This device has neither uploaded nor recovered a backup yet.",
    "Let the owner sign in again and recover on this device (POST v1/recoveries). From then on it may read.",
  ),
  "stale-precondition": entry(
    412,
    "after-change",
    "The backup changed since.",
    "Repeat with the ETag that it has now. If `generation` is another than you know, merge its content first.",
  ),
  "idempotency-key-reused": entry(
    422,
    "after-change",
    "This Idempotency-Key belongs to another request.",
    "Use a new key for each new document.",
  ),
  "precondition-required": entry(
    428,
    "after-change",
    "The request must say what it replaces.",
    "Send `If-Match` with the ETag of the backup's status, or `If-None-Match: *` if there is none yet.",
  ),
  "too-many-recoveries": entry(
    429,
    "as-is",
    "Too many recoveries in a short time.",
    "Wait as Retry-After says.",
  ),
  "too-many-reads": entry(
    429,
    "as-is",
    "This device has read too often today.",
    "Wait as Retry-After says; meanwhile ask with `If-None-Match`, which costs nothing while the backup is the same.",
  ),
  "envelope-required": entry(
    409,
    "after-change",
    "The sealed copy is in the owner's own keeping.",
    "Fetch the envelope from where the app put it, such as the owner's cloud drive, and send it as `envelope`.",
  ),
  "envelope-outdated": entry(
    409,
    "after-change",
    "The envelope is that of a former version.",
    "Send the newest one (`generation`), or restore the version that the owner still has an envelope of.",
  ),
  "envelope-unreadable": entry(
    409,
    "after-change",
    "The envelope can't be opened.",
    "Fetch the newest one again, whole: it may be damaged, or too old to be known any more. The drive's history may have a good copy.",
  ),
  "not-in-this-mode": entry(
    409,
    "never",
    "The service can't read this backup.",
    "The device sealed it: recover it, and let the app decide what to restore.",
  ),
  "undelete-too-late": entry(
    410,
    "after-change",
    "The deleted backup isn't kept any more.",
    "Upload a backup: what other devices still have is all that is left.",
  ),
  "erasure-begun": entry(
    410,
    "after-change",
    "Everything is erased.",
    "Upload a backup: what the devices still have is all that is left.",
  ),
  "version-not-found": entry(
    404,
    "after-change",
    "There is no such version of this backup.",
    "List the versions (GET v1/backups/{platform}/versions).",
  ),
  // Of step-up, contacts, tickets and providers.
  "role-missing": entry(
    403,
    "never",
    "This app may not do this.",
    "Let the people who run the service register the app, and its directory give it the role.",
  ),
  "account-sign-in-required": entry(
    401,
    "after-change",
    "A fresh sign-in to the account itself is required.",
    "Let the owner sign in to that account (`max_age` as in WWW-Authenticate); send its token as `Account-Authorization: Bearer`.",
  ),
  "account-not-proven": entry(
    403,
    "after-change",
    "The sign-in is not to that account.",
    "Let the owner sign in to the account that is to be proven, and send that token.",
  ),
  "account-not-yours": entry(
    403,
    "never",
    "The app answers for no such accounts.",
    "Ask only about accounts of the issuers and tenants that the app is registered for.",
  ),
  "answer-wrong": entry(
    403,
    "after-change",
    "The code is not right.",
    "Let the owner type it again while `triesLeft` is above zero; then start anew.",
  ),
  "ticket-invalid": entry(
    403,
    "after-change",
    "The ticket is not valid for this account.",
    "Get a new ticket for this account. It counts once, and only until it expires.",
  ),
  "account-not-in-recovery": entry(
    409,
    "after-change",
    "The recovery has no such account in that state.",
    "Read the recovery (GET v1/recoveries/{id}): it names each account and its state.",
  ),
  "contact-not-found": entry(
    404,
    "never",
    "There is no such contact.",
    "List the contacts (GET v1/contacts).",
  ),
  "challenge-not-found": entry(
    404,
    "after-change",
    "There is no such challenge, or it has ended.",
    "Start anew: a challenge counts once, for ten minutes and five tries, on the device that started it.",
  ),
  "account-not-on-device": entry(
    409,
    "after-change",
    "This device has no credential for the account.",
    "Use a device on which the account works, or let the provider issue a ticket.",
  ),
  "account-bound-elsewhere": entry(
    409,
    "never",
    "The account is bound to another recovery account.",
    "Sign in to the recovery account that the account was proven with, or revoke its devices there.",
  ),
  "contact-unusable": entry(
    409,
    "after-change",
    "The contact can't be used for this yet.",
    "Confirm it, choose an older one, or wait `usableInSeconds`.",
  ),
  "too-many-contacts": entry(409, "after-change", "Too many contacts are registered.", "Remove one."),
  "too-many-accounts": entry(
    409,
    "after-change",
    "Too many accounts are bound.",
    "Revoke devices that are not used: an account that no other device has makes room then.",
  ),
  "too-many-messages": entry(
    429,
    "as-is",
    "Too many codes were sent.",
    "Wait as Retry-After says, or use another contact.",
  ),
  "too-many-tries": entry(429, "as-is", "Too many wrong answers.", "Wait as Retry-After says."),
  "messages-unavailable": entry(
    503,
    "as-is",
    "The mail service does not answer.",
    "Repeat as Retry-After says.",
  ),
} as const satisfies Record<ProblemKind, Entry>;
