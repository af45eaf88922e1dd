/** GET v1/me/export: everything held about the owner, as JSON; contacts are notified first (R18, R35). */
import * as z from "zod";
import { exportData as exportAll } from "../../lib/domain/privacy/export.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";

/**
 * Times are ISO 8601. `contactRemovedAt`: when a contact was last removed. `newcomerToldAt`: when contacts
 * last heard of an unregistered device. `failures`: wrong answers in a row. `sent`: codes of the last day, by
 * a digest of the address. `boundAccounts[].credentials`: which devices hold which, without secrets.
 * `erasure`: a pending one that can be taken back, and when a former incarnation was erased.
 * `backups[].versions[].content`: the document; left out with client custody. Anything that can't be opened
 * has `unreadable: true` instead of content.
 */
const Export = z.strictObject({
  owner: z.string(),
  backups: z.array(z.looseObject({ platform: z.string(), versions: z.array(z.unknown()) })),
  contacts: z.array(z.unknown()),
  removedContacts: z.array(z.unknown()),
  contactRemovedAt: z.coerce.date().optional(),
  newcomerToldAt: z.coerce.date().optional(),
  boundAccounts: z.array(z.unknown()),
  endedDevices: z.array(z.string()),
  failures: z.looseObject({ count: z.int() }),
  challenges: z.array(z.unknown()),
  sent: z.array(z.unknown()),
  recoveries: z.array(z.unknown()),
  activity: z.looseObject({ intact: z.boolean() }),
  erasure: z.unknown().optional(),
});

export const exportData = endpoint({
  name: "export-data",
  summary: "Everything that is held about the owner",
  method: "GET",
  route: "v1/me/export",
  access: "owner-fresh",
  replies: { 200: Export },
  problems: ["device-too-new", "too-many-recoveries", "busy"],
  async handle(asking, services) {
    return { status: 200, body: await exportAll(services, asking, services.policy) };
  },
});
