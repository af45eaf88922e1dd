/** Problems of step-up, contacts, tickets and providers. */
import { entry } from "./problem-entry.ts";

export const stepUpProblems = {
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
} as const;
