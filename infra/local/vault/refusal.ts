/** Every refusal of the vault, with the status, codes and words of the service. */
import { Refusal } from "../loopback-server.ts";

/** Of the tokens for a vault. */
export const vaultAudience = "https://vault.azure.net";

const challenge = `Bearer authorization="https://login.windows.net/00000000-0000-0000-0000-000000000000", resource="${vaultAudience}"`;

export const badParameter = (message: string, cause?: unknown) =>
  new Refusal(400, "BadParameter", message, { cause });

export const unauthorized = (message = "Request is missing a Bearer or PoP token.", cause?: unknown) =>
  new Refusal(401, "Unauthorized", message, { cause, headers: { "www-authenticate": challenge } });

export const forbidden = (inner: string, message: string) =>
  new Refusal(403, "Forbidden", message, { inner });

export const keyNotFound = (name: string) =>
  new Refusal(
    404,
    "KeyNotFound",
    `A key with (name/id) ${name} was not found in this key vault. If you recently deleted this key you may be able to recover it using the correct recovery command.`,
  );

export const throttled = () =>
  new Refusal(
    429,
    "Throttled",
    "Request was not processed because too many requests were received. Reason: VaultRequestTypeLimitReached",
  );

export const serverError = () =>
  new Refusal(500, "InternalServerError", "An internal error occurred while processing the request.");

export const unavailable = () =>
  new Refusal(503, "ServiceUnavailable", "The service is temporarily unavailable. Try again later.");
