/** Each operation alone: its median beside the bare calls that it can't do without. */
import type { Stack } from "../stack.ts";
import { bareStorage, bareVault } from "./bare.ts";
import { interleaved } from "./measure.ts";
import { providerToken } from "./provers.ts";
import { milliseconds, type Report } from "./report.ts";
import { proveAccounts, signUp } from "./sign-up.ts";

const ROUNDS = 300;
const WARM_UP = 50;

export async function oneClient(stack: Stack, report: Report, document: string): Promise<void> {
  const p50 = await measure(stack, document);
  report.heading(`One client, p50 of ${ROUNDS}, a document of ${document.length} bytes with 50 accounts`);
  for (const name of ["put", "get", "unwrap"] as const) {
    report.row({ name: `bare ${name}`, value: milliseconds(p50[name]), note: "" });
  }
  const row = (name: string, value: number, bare: number, note: string, budget?: number) =>
    report.row({ name, value: milliseconds(value), ratio: value / bare, note, ...(budget && { budget }) });
  row("upload", p50.upload, p50.put, "of a bare PUT", 3.2);
  row("staleness, key cached", p50.stalenessCached, p50.get, "of a bare GET", 1.6);
  row("staleness, key not cached", p50.stalenessCold, p50.get, "of a bare GET", 2.2);
  row("plan", p50.plan, p50.get + p50.unwrap, "of a bare GET and an unwrap");
  row("recovery", p50.recovery, p50.get + p50.unwrap, "of a bare GET and an unwrap", 2.5);
  row("code check, key cached", p50.check, p50.put, "of a bare PUT", 3.0);
  row("code check, key not cached", p50.checkCold, p50.put, "of a bare PUT");
}

async function measure(stack: Stack, document: string) {
  const [storage, unwrap] = [
    await bareStorage(stack.settings, document.length),
    await bareVault(stack.settings),
  ];
  const turns = ROUNDS + WARM_UP;
  const uploaders = await signUp(stack, turns, document);
  const askers = await signUp(stack, turns, document);
  const recoverers = await signUp(stack, turns, document);
  const provers = await proveAccounts(stack, turns);
  const cold = await proveAccounts(stack, turns);
  const token = await providerToken(stack.addresses.issuer, "Codes.Verify");
  return await interleaved(
    {
      put: storage.put,
      get: storage.get,
      unwrap,
      upload: (turn) => of(uploaders, turn).upload(document),
      stalenessCold: (turn) => of(askers, turn).staleness(),
      stalenessCached: (turn) => of(askers, turn).staleness(),
      plan: (turn) => of(recoverers, turn).plan(),
      recovery: (turn) => of(recoverers, turn).recover(),
      check: async (turn) => {
        await of(provers, turn).warmUp();
        return await of(provers, turn).checkCode(token);
      },
      checkCold: (turn) => of(cold, turn).checkCode(token),
    },
    { rounds: ROUNDS, warmUp: WARM_UP },
  );
}

function of<T>(owners: T[], turn: number): T {
  const owner = owners[turn % owners.length];
  if (owner) return owner;
  throw new RangeError("no such owner");
}
