/** The endpoints' services in memory: for tests of decisions before or beside the stores. */
import type { Ticket } from "../../lib/domain/step-up/ticket.ts";
import { policyOf, type Services } from "../../lib/http/services.ts";
import { anOwnerId, aPolicy, keyedHash, now } from "../domain/builders.ts";
import { MemoryStore } from "../domain/memory-stores.ts";
import { memoryStores } from "../domain/recovery-scene.ts";

export const provider = { clientId: "contoso", accounts: [{ issuer: "https://sts.example" }] };

const policy = policyOf({
  publicBaseUrl: "https://api.example/api",
  issuers: [],
  senders: { sms: undefined },
  minimumAppVersion: { ios: "5.7.0", android: "6.6.0" },
  signInMaxAgeSeconds: 600,
  accountSignInMaxAgeSeconds: 300,
  contactCoolingOffHours: 72,
  crossPlatformRecovery: "portable",
  ticketSeconds: 600,
  printedTicketDays: 365,
  providers: [provider],
  maxUploadBytes: 1000,
  historyLength: 10,
  erasureDelayHours: 0,
  staleness: aPolicy(),
});

export const memoryServices = (
  change: Pick<Services, "tokenVerifier">,
  stores = memoryStores(),
): Services => ({
  ...stores,
  findForProvider: stores.credentials.find,
  tickets: new MemoryStore<string, Ticket>((hash) => hash),
  activity: { append: async () => undefined, read: async () => ({ entries: [], intact: true }) },
  sendBudget: { take: async () => true },
  readBudget: { take: async () => true },
  keyedHash,
  belongings: {
    recoveries: async () => [],
    credentialNames: async () => [],
    look: async () => [],
    remove: async () => undefined,
    removeShredded: async () => undefined,
  },
  sweepStore: {
    list: async () => ({ blobs: [], next: undefined }),
    next: async () => undefined,
    progress: async () => undefined,
    report: async () => undefined,
  },
  serviceOwner: anOwnerId("the service"),
  countMessages: async () => ({ waiting: 0, failed: 0 }),
  recentRuns: async () => [],
  countPages: async () => ({ waiting: 0, failed: 0 }),
  pages: async () => undefined,
  clock: () => now,
  policy,
  ...change,
});
