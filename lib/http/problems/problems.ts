/** Every kind of problem: its status, its title and what the client should do. */
import type { FailureKind } from "../../domain/failure.ts";

/** `unexpected`: a bug of ours, anything thrown that isn't a Failure. */
export type ProblemKind = FailureKind | "unexpected";

/** Whether the same request may succeed later: unchanged (after `Retry-After`), once changed, or never. */
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
  // The request, its sender, and the services behind this one.
  "invalid-request": entry(
    400,
    "after-change",
    "The request is not valid.",
    "Correct what `errors` names. An app may drop the entries of a backup that it can't correct; it should tell the owner.",
  ),
  "route-not-found": entry(
    404,
    "after-change",
    "There is no such route.",
    "Correct the path. `routes` lists every route, relative to the API's address; fill in the parts in braces. The reference describes each (GET docs).",
  ),
  "method-not-allowed": entry(
    405,
    "after-change",
    "The route doesn't accept this method.",
    "Use one of the methods in `Allow`.",
  ),
  "body-required": entry(400, "after-change", "The request has no body.", "Send the document as the body."),
  "not-signed-in": entry(
    401,
    "after-change",
    "A valid access token is required.",
    "Send `Authorization: Bearer` with an access token of the recovery account (a provider: of its app). If the token has expired, get a new one.",
  ),
  "sign-in-too-old": entry(
    401,
    "after-change",
    "A fresh sign-in is required.",
    "Ask the owner to sign in again (`max_age` as in WWW-Authenticate), then repeat with the new token.",
  ),
  "sign-in-time-missing": entry(
    403,
    "after-change",
    "The access token doesn't say when the owner signed in.",
    "Ask the owner to sign in again, with `max_age`. If the new token doesn't say it either, tell the people who run the service: " +
      "the identity provider must add the claim `auth_time` to its tokens (Entra: an optional claim; Auth0: an Action and `authTimeClaim`; " +
      "Okta: a custom authorization server; Keycloak: the client scope `basic`; Google: session age claims). infra/IDENTITY.md says how.",
  ),
  "proof-invalid": entry(
    401,
    "after-change",
    "A valid device proof is required.",
    "Send a `DPoP` header made for this request: its method, its URL, this token, the current time, a new `jti`. " +
      "Once the signature is right, `errors` names the wrong claims.",
  ),
  "clock-skewed": entry(
    401,
    "after-change",
    "The time in the device proof is wrong.",
    "Make a new proof with the time in `serverTime`, and repeat. If the app can't do that, ask the owner to let " +
      "the device set its clock automatically.",
  ),
  "device-revoked": entry(
    401,
    "after-change",
    "This device was revoked.",
    "Make a new device key and ask the owner to sign in again; then register or recover with the new key.",
  ),
  "device-suspended": entry(
    403,
    "after-change",
    "This device is suspended.",
    "Ask the owner to sign in again, then register this device (POST v1/devices) or recover (POST v1/recoveries). It comes back with everything it had. " +
      "If `suspendedUntil` is there, a newer device wants this one revoked: object before then (POST v1/devices/{id}/object), which ends the other.",
  ),
  "device-too-new": entry(
    403,
    "after-change",
    "This device is too new for that.",
    "Wait until `youngUntil`, or ask the owner to enter a code now: POST v1/contacts/{id}/code sends one to a contact that was confirmed before this device came, " +
      "POST v1/contacts/{id}/confirm takes it. A device that has been there for longer may do it at once.",
  ),
  "device-unknown": entry(
    403,
    "after-change",
    "This device is not registered.",
    "Ask the owner to sign in again, then register this device (POST v1/devices) or recover (POST v1/recoveries). " +
      "The owner's very first upload needs neither.",
  ),
  "length-required": entry(411, "after-change", "The body has no length.", "Send Content-Length."),
  "body-too-large": entry(413, "after-change", "The body is too large.", "Send a smaller document."),
  "unsupported-media-type": entry(
    415,
    "after-change",
    "The route doesn't accept a body of this type.",
    "Send `Content-Type: application/json`, in UTF-8 (`application/jose` for a document sealed by the device).",
  ),
  "app-too-old": entry(
    426,
    "after-change",
    "This version of the app is too old.",
    "Ask the owner to update the app to `minimumVersion` or later.",
  ),
  busy: entry(
    503,
    "as-is",
    "Other requests are changing the same state.",
    "Repeat after the seconds in Retry-After.",
  ),
  "storage-unavailable": entry(
    503,
    "as-is",
    "The storage doesn't answer.",
    "Repeat after the seconds in Retry-After.",
  ),
  "vault-unavailable": entry(
    503,
    "as-is",
    "The key vault doesn't answer.",
    "Repeat after the seconds in Retry-After. Uploads still work.",
  ),
  "identity-unavailable": entry(
    503,
    "as-is",
    "The identity provider doesn't answer.",
    "Repeat after the seconds in Retry-After.",
  ),
  unexpected: entry(
    500,
    "as-is",
    "Something went wrong in the service.",
    "Repeat once. If it fails again, report the request id.",
  ),
  // Backups, recoveries and devices.
  "backup-not-found": entry(
    404,
    "after-change",
    "There is no backup.",
    "Upload a backup, or ask for a diagnosis (POST v1/backups/{platform}/diagnosis) to learn why there is none.",
  ),
  "device-not-found": entry(404, "never", "There is no such device.", "List the devices (GET v1/devices)."),
  "accounts-overlap": entry(
    409,
    "after-change",
    "The device already has some of these accounts.",
    "Remove the accounts that `overlapping` points at from the device, or recover with `overlap: keep-existing`. " +
      "If the answer has `askAgainWith`, first send the `fingerprint` of each account on the device: accounts that only share a name don't overlap.",
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
    "The backup has changed since the plan was made.",
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
    "Recover again (POST v1/recoveries), with a new `Idempotency-Key`.",
  ),
  "backup-unreadable": entry(
    409,
    "never",
    "The backup can't be opened.",
    "Nothing was changed. Tell the people who run the service. Copies on other devices are still good.",
  ),
  "recovery-required": entry(
    403,
    "after-change",
    "This device has neither uploaded nor recovered a backup yet.",
    "Ask the owner to sign in again and recover on this device (POST v1/recoveries). Then it may read.",
  ),
  "stale-precondition": entry(
    412,
    "after-change",
    "The backup has changed.",
    "Repeat with its current ETag. If `generation` differs from the one you know, merge the newer content first.",
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
    "Wait for the seconds in Retry-After.",
  ),
  "too-many-reads": entry(
    429,
    "as-is",
    "This device has read too often today.",
    "Wait for the seconds in Retry-After. Send `If-None-Match` when you read: a 304 doesn't count.",
  ),
  "envelope-required": entry(
    409,
    "after-change",
    "The envelope is missing.",
    "Fetch the envelope from where the app put it, such as the owner's cloud drive, and send it as `envelope`.",
  ),
  "envelope-outdated": entry(
    409,
    "after-change",
    "The envelope belongs to an older version.",
    "Send the newest envelope (`generation`), or restore the version whose envelope the owner still has.",
  ),
  "envelope-unreadable": entry(
    409,
    "after-change",
    "The envelope can't be opened.",
    "Fetch the newest envelope again, complete. This one is damaged, or its version has left the history. The drive's history may have a good copy.",
  ),
  "not-in-this-mode": entry(
    409,
    "never",
    "The service can't read this backup.",
    "A device sealed it. Recover it, and let the app decide what to restore.",
  ),
  "undelete-too-late": entry(
    410,
    "after-change",
    "The deleted backup has been purged.",
    "Upload a new backup. Only the owner's devices still have the accounts.",
  ),
  "erasure-begun": entry(
    410,
    "after-change",
    "Everything has been erased.",
    "Upload a new backup. Only the owner's devices still have the accounts.",
  ),
  "version-not-found": entry(
    404,
    "after-change",
    "There is no such version of this backup.",
    "List the versions (GET v1/backups/{platform}/versions).",
  ),
  // Step-up, contacts, tickets and providers.
  "role-missing": entry(
    403,
    "never",
    "This app may not do this.",
    "Ask the people who run the service to register the app, and its directory's administrator to give it the role.",
  ),
  "account-sign-in-required": entry(
    401,
    "after-change",
    "A fresh sign-in to the account itself is required.",
    "Ask the owner to sign in to that account (`max_age` as in WWW-Authenticate), and send its token as `Account-Authorization: Bearer`.",
  ),
  "account-not-proven": entry(
    403,
    "after-change",
    "The sign-in is to another account.",
    "Ask the owner to sign in to the account to be proven, and send that token.",
  ),
  "account-not-yours": entry(
    403,
    "never",
    "The app isn't registered for this account's issuer or tenant.",
    "Ask only about accounts of the issuers and tenants that the app is registered for.",
  ),
  "answer-wrong": entry(
    403,
    "after-change",
    "The code is wrong.",
    "Let the owner type it again while `triesLeft` is above zero. Then start a new challenge.",
  ),
  "ticket-invalid": entry(
    403,
    "after-change",
    "The ticket is not valid for this account.",
    "Get a new ticket for this account. A ticket counts once, and only until it expires.",
  ),
  "account-not-in-recovery": entry(
    409,
    "after-change",
    "The recovery has no such account in the required state.",
    "Read the recovery (GET v1/recoveries/{id}): it lists each account and its state.",
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
    "Start a new one. A challenge counts once, for ten minutes and five tries, on the device that started it.",
  ),
  "account-not-on-device": entry(
    409,
    "after-change",
    "This device has no credential for the account.",
    "Use a device on which the account works, or ask the provider for a ticket.",
  ),
  "account-bound-elsewhere": entry(
    409,
    "never",
    "Another recovery account has proven this account.",
    "Sign in to that recovery account, or prove the account by a ticket of its provider, which moves it.",
  ),
  "contact-unusable": entry(
    409,
    "after-change",
    "The contact can't be used for this yet.",
    "Confirm the contact, choose an older one, or wait for `usableInSeconds`.",
  ),
  "contact-code-required": entry(
    403,
    "after-change",
    "A code sent to the oldest contact is required.",
    "Have a code sent to the contact that was confirmed first, before this device came (POST v1/contacts/{id}/code), let the owner enter it " +
      "(POST v1/contacts/{id}/confirm), and repeat within `maxAgeSeconds`. Or leave out `when`: the erasure then waits, and can be taken back.",
  ),
  "too-many-contacts": entry(409, "after-change", "The owner has too many contacts.", "Remove one."),
  "too-many-accounts": entry(
    409,
    "after-change",
    "The owner has proven too many accounts.",
    "Revoke unused devices: an account that is on no other device then makes room.",
  ),
  "too-many-messages": entry(
    429,
    "as-is",
    "Too many codes were sent.",
    "Wait for the seconds in Retry-After, or use another contact.",
  ),
  "too-many-tries": entry(429, "as-is", "Too many wrong answers.", "Wait for the seconds in Retry-After."),
  "messages-unavailable": entry(
    503,
    "as-is",
    "The mail service doesn't answer.",
    "Repeat after the seconds in Retry-After.",
  ),
} as const satisfies Record<ProblemKind, Entry>;
