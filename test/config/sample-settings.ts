/** Settings that the app starts with, and the settings that its error names. */
import { type Config, configFromEnvironment } from "../../lib/config/config.ts";
import type { Environment } from "../../lib/config/schema.ts";

export const version = "0123456789abcdef0123456789abcdef";
export const keyId = `https://vault.example/keys/backups/${version}`;
export const anIssuer = (change: object = {}) =>
  JSON.stringify([{ issuer: "https://login.example", audience: "api://x", role: "recovery", ...change }]);
export const required = {
  PUBLIC_BASE_URL: "https://api.example/api",
  IDENTITY_ISSUERS: anIssuer(),
  BACKUPS_STORAGE: "https://backups.blob.core.windows.net",
  KEYS_STORAGE: "https://keys.blob.core.windows.net",
  KEY_IDS: keyId,
  QUEUE_STORAGE__queueServiceUri: "https://backups.queue.core.windows.net",
  COMMUNICATION_SERVICE: "https://messages.communication.azure.com",
  EMAIL_SENDER: "no-reply@authenticator.example",
};
export const azurite = (endpoint: string) =>
  `DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=a2V5;BlobEndpoint=${endpoint};`;
export const load = (change: Environment = {}): Config => configFromEnvironment({ ...required, ...change });
export function messageFor(environment: Environment): string {
  try {
    configFromEnvironment(environment);
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
  return "";
}
/** The settings that the error names, each once, in alphabetical order. */
export const named = (change: Environment, base: Environment = required) => {
  const names = [...messageFor({ ...base, ...change }).matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name);
  return [...new Set(names)].toSorted();
};
