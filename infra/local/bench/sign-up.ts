/** Signs owners up through an instance that isn't the measured one, so that the measured one has no owner's key in its cache. */
import { pathOf } from "../child.ts";
import { startHost } from "../host-process.ts";
import type { Stack } from "../stack.ts";
import { type Owner, signUpMany, type Where } from "./owners.ts";
import { type Prover, proveMany } from "./provers.ts";

export const APP = pathOf("../../..", import.meta.url);

type Movable = { moveTo(instance: string): void };

async function elsewhere<T extends Movable>(
  stack: Stack,
  signUp: (where: Where) => Promise<T[]>,
): Promise<T[]> {
  const host = await startHost({ appFolder: APP, port: 0, settings: stack.settings, log: () => undefined });
  const owners = await signUp({ ...stack.addresses, instance: `${host.url}/api` });
  for (const owner of owners) owner.moveTo(stack.addresses.api);
  await host.close();
  return owners;
}

export const signUp = (stack: Stack, count: number, document: string): Promise<Owner[]> =>
  elsewhere(stack, (where) => signUpMany(count, where, document));

export const proveAccounts = (stack: Stack, count: number): Promise<Prover[]> =>
  elsewhere(stack, (where) => proveMany(count, where));
