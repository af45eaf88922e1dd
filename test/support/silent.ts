/** The errors that the adapters throw when a service doesn't answer. */
import { Failure } from "../../lib/domain/failure.ts";

export const storageSilent = () =>
  new Failure("storage-unavailable", "The storage does not answer.", { retryAfterSeconds: 5 });
export const vaultSilent = () =>
  new Failure("vault-unavailable", "The key vault does not answer.", { retryAfterSeconds: 10 });
