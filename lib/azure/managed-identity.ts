/** Makes the managed identity's credential, in its own file so that it loads only when needed. */
import { ManagedIdentityCredential } from "@azure/identity";

export const createManagedIdentity = (clientId: string | undefined) =>
  clientId ? new ManagedIdentityCredential({ clientId }) : new ManagedIdentityCredential();
