/** Each operation alone: its median beside the bare calls that it can't do without. */
import type { Stack } from "../stack.ts";
import { bareStorage, bareVault } from "./bare.ts";
import { send } from "./http-client.ts";
import { interleaved, timed } from "./measure.ts";
import { providerToken } from "./provers.ts";
import { milliseconds, type Report } from "./report.ts";
import { proveAccounts, signUp } from "./sign-up.ts";

const ROUNDS = 300;
const WARM_UP = 50;

/**
 * What a function costs that does nothing, of host, library and HTTP, is taken off before comparing: it is the platform's, and
 * another one on Azure. The notes say what the ratio would be with nothing taken off. See
 * .adr/0009-what-the-benchmark-compares.md for the bare calls of each and the budgets.
 */
export async function oneClient(stack: Stack, report: Report, document: string): Promise<void> {
  const p50 = await measure(stack, document);
  report.heading(`One client, p50 of ${ROUNDS}, a document of ${document.length} bytes with 50 accounts`);
  for (const name of ["put", "get", "unwrap"] as const) {
    report.row({ name: `bare ${name}`, value: milliseconds(p50[name]), note: "" });
  }
  report.row({
    name: "a function that does nothing",
    value: milliseconds(p50.nothing),
    note: "taken off below",
  });
  const { put, get, unwrap } = p50;
  const row = (name: string, value: number, bare: number, note: string, budget?: number) =>
    report.row({
      ...{ name, value: milliseconds(value), ratio: (value - p50.nothing) / bare, note },
      ...(budget && { budget }),
    });
  const whole = (value: number, bare: number) => `with nothing taken off ${(value / bare).toFixed(2)} ×`;
  const { stalenessCold: first, stalenessCached: again, upload, recovery } = p50;
  row("staleness, first call", first, get, `of a bare GET; ${whole(first, get)}`, 2.6);
  row("staleness, key cached", again, get, `of a bare GET; ${whole(again, get)}`, 1.6);
  row("upload", upload, put, `of a bare PUT; ${whole(upload, put)}`, 3.2);
  row("plan", p50.plan, 2 * get + unwrap, "of 2 GETs and an unwrap", 2.2);
  const note = `of 2 GETs, an unwrap, 3 PUTs; ${whole(recovery, get + unwrap)} of a GET and an unwrap`;
  row("recovery", recovery, 2 * get + unwrap + 3 * put, note, 1.6);
  row("code check, key cached", p50.check, put, "of a bare PUT", 3.0);
  row("code check, key not cached", p50.checkCold, put, "of a bare PUT");
}

async function measure(stack: Stack, document: string) {
  const [storage, unwrap] = [
    await bareStorage(stack.settings, document.length),
    await bareVault(stack.settings),
  ];
  const turns = ROUNDS + WARM_UP;
  const phones = await signUp(stack, turns, document);
  const recoverers = await signUp(stack, turns, document);
  const provers = await proveAccounts(stack, turns);
  const cold = await proveAccounts(stack, turns);
  const token = await providerToken(stack.addresses.issuer, "Codes.Verify");
  const health = { url: `${stack.addresses.api}/health`, method: "GET", headers: {} };
  return await interleaved(
    {
      put: storage.put,
      get: storage.get,
      unwrap,
      nothing: () => timed(() => send(health)),
      // As phones do: they ask, and upload if they must.
      stalenessCold: (turn) => of(phones, turn).staleness(),
      stalenessCached: (turn) => of(phones, turn).staleness(),
      upload: (turn) => of(phones, turn).upload(document),
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
