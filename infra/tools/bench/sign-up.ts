/** Signs owners up through a second instance, so that the measured one has no owner keys cached. */
import { pathOf } from "../../local/child.ts";
import { startHost } from "../../local/host-process.ts";
import type { Stack } from "../../local/stack.ts";
import { dealt, type LoadClient, prepare } from "./load.ts";
import { Owner, type Where } from "./owners.ts";
import { Prover, providerToken } from "./provers.ts";
import { WITHOUT_QUEUE } from "./settings.ts";

export const APP = pathOf("../../..", import.meta.url);

const AT_ONCE = 8;
/** At most this many at a time: a proof is good for a minute. */
const SHARE = 200;

/** `url`: of the instance for sign-up. `appFolder`: an older app can't read state that a newer one wrote. */
export async function withHelper<T>(
  { settings, appFolder = APP }: Pick<Stack, "settings"> & { appFolder?: string },
  work: (url: string) => Promise<T>,
): Promise<T> {
  const quiet = { ...settings, ...WITHOUT_QUEUE };
  const host = await startHost({ appFolder, port: 0, settings: quiet, log: () => undefined });
  try {
    return await work(`${host.url}/api`);
  } finally {
    await host.close();
  }
}

/** Signed in, and nothing stored yet. */
export async function newOwners(count: number, where: Where): Promise<Owner[]> {
  const owners = Array.from({ length: count }, () => new Owner({ ...where }));
  await eachOf(owners, (owner) => owner.signIn());
  return owners;
}

/** With `uploads` uploads each. */
export async function ownersWith(
  uploads: number,
  { load, where, document, count }: { load: LoadClient; where: Where; document: string; count: number },
): Promise<Owner[]> {
  const owners = await newOwners(count, where);
  for (let at = 0; at < count; at += SHARE) {
    const share = owners.slice(at, at + SHARE);
    for (let upload = 0; upload < uploads; upload++) {
      const units = share.map((owner) =>
        upload === 0 ? owner.firstUpload(document) : owner.upload(document),
      );
      await prepare(load, dealt(units, AT_ONCE));
    }
  }
  return owners;
}

export async function provers(count: number, where: Where): Promise<Prover[]> {
  const tickets = await providerToken(where.issuer, "Tickets.Issue");
  const all = Array.from({ length: count }, () => new Prover(where));
  await eachOf(all, (prover) => prover.signUp(tickets));
  return all;
}

async function eachOf<T>(all: readonly T[], work: (each: T) => Promise<void>): Promise<void> {
  const waiting = [...all];
  const client = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
}
