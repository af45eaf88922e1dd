/** Each operation by sixteen clients at once: what a warm instance gets through, beside the bare calls. */
import type { Stack } from "../stack.ts";
import { bareStorage, bareVault } from "./bare.ts";
import { atOnce } from "./measure.ts";
import { providerToken } from "./provers.ts";
import { milliseconds, type Report } from "./report.ts";
import { proveAccounts, signUp } from "./sign-up.ts";

export const CLIENTS = 16;
const BLOCKS = 5;
const PER_BLOCK = 4 * CLIENTS;
/** The first block warms up. */
const TURNS = (BLOCKS + 1) * PER_BLOCK;

export async function manyClients(stack: Stack, report: Report, document: string): Promise<void> {
  const each = await measure(stack, document);
  report.heading(
    `${CLIENTS} clients at once, time per operation, median of ${BLOCKS} blocks of ${PER_BLOCK}`,
  );
  for (const name of ["put", "get", "unwrap"] as const) {
    report.row({ name: `bare ${name}`, value: milliseconds(each[name]), note: "" });
  }
  const row = (name: string, value: number, bare: number, note: string, budget?: number) =>
    report.row({ name, value: milliseconds(value), ratio: value / bare, note, ...(budget && { budget }) });
  row("upload", each.upload, each.put, "of a bare PUT", 4.5);
  row("staleness", each.staleness, each.get, "of a bare GET");
  row("plan", each.plan, each.get + each.unwrap, "of a bare GET and an unwrap");
  row("recovery", each.recovery, each.get + each.unwrap, "of a bare GET and an unwrap");
  row("code check", each.check, each.put, "of a bare PUT");
}

async function measure(stack: Stack, document: string) {
  const storage = await bareStorage(stack.settings, document.length);
  const owners = await signUp(stack, CLIENTS, document);
  const newcomers = inTurn(await signUp(stack, TURNS, document));
  const provers = inTurn(await proveAccounts(stack, TURNS));
  const token = await providerToken(stack.addresses.issuer, "Codes.Verify");
  const owner = (turn: number) => owners[turn] ?? fail();
  return await atOnce(
    {
      put: storage.put,
      get: storage.get,
      unwrap: bareVault(stack.settings),
      upload: (turn) => owner(turn).upload(document),
      staleness: (turn) => owner(turn).staleness(),
      plan: (turn) => owner(turn).plan(),
      recovery: () => newcomers().recover(),
      check: () => provers().checkCode(token),
    },
    { clients: CLIENTS, blocks: BLOCKS, perBlock: PER_BLOCK },
  );
}

/** Each once: nobody recovers all day, and a code is good for one time. */
function inTurn<T>(all: T[]): () => T {
  let next = 0;
  return () => {
    next += 1;
    return all[next - 1] ?? fail();
  };
}

function fail(): never {
  throw new RangeError("there are no more owners");
}
