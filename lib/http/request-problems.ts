/** Problems of the request itself, of whoever sends it, and of what the service depends on. */
import { entry } from "./problem-entry.ts";

export const requestProblems = {
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
    "Let the owner sign in again, then register this device (POST v1/devices) or recover (POST v1/recoveries): it is let in again, with all that it had.",
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
} as const;
