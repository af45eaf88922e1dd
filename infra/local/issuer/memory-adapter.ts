/** Where oidc-provider keeps sessions, codes and grants: in memory, so a restart signs everyone out. */
import * as z from "zod";

const Payload = z.looseObject({ uid: z.string().optional(), grantId: z.string().optional() });
type Entry = { payload: z.infer<typeof Payload>; expiresAt: number };

/** What oidc-provider calls for each of its models; https://github.com/panva/node-oidc-provider/tree/main/docs#adapter */
type Adapter = {
  upsert(id: string, payload: unknown, expiresIn?: number): Promise<void>;
  find(id: string): Promise<unknown>;
  findByUid(uid: string): Promise<unknown>;
  findByUserCode(): Promise<unknown>;
  consume(id: string): Promise<void>;
  destroy(id: string): Promise<void>;
  revokeByGrantId(grantId: string): Promise<void>;
};

/** The models share one store, so that a provider made anew with other keys finds everything again. */
export function createMemoryAdapter(): (model: string) => Adapter {
  const models = new Map<string, Map<string, Entry>>();
  return (model) => {
    const entries = models.get(model) ?? new Map<string, Entry>();
    models.set(model, entries);
    return adapterOn(entries);
  };
}

function adapterOn(entries: Map<string, Entry>): Adapter {
  const live = (entry: Entry | undefined) =>
    entry && entry.expiresAt > Date.now() ? entry.payload : undefined;
  return {
    async upsert(id, payload, expiresIn) {
      forgetExpired(entries);
      const expiresAt = expiresIn === undefined ? Number.POSITIVE_INFINITY : Date.now() + expiresIn * 1000;
      entries.set(id, { payload: Payload.parse(payload), expiresAt });
    },
    find: async (id) => live(entries.get(id)),
    findByUid: async (uid) => live([...entries.values()].find(({ payload }) => payload.uid === uid)),
    findByUserCode: async () => undefined,
    async consume(id) {
      const entry = entries.get(id);
      if (entry) entry.payload["consumed"] = Math.floor(Date.now() / 1000);
    },
    async destroy(id) {
      entries.delete(id);
    },
    async revokeByGrantId(grantId) {
      for (const [id, { payload }] of entries) if (payload.grantId === grantId) entries.delete(id);
    },
  };
}

function forgetExpired(entries: Map<string, Entry>): void {
  for (const [id, { expiresAt }] of entries) if (expiresAt <= Date.now()) entries.delete(id);
}
