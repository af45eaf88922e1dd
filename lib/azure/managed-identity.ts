/** Makes the credential of the managed identity; a file of its own, so that it is loaded only when it is needed. */
import { ManagedIdentityCredential } from "@azure/identity";

export const createManagedIdentity = (clientId: string | undefined) =>
  clientId ? new ManagedIdentityCredential({ clientId }) : new ManagedIdentityCredential();
