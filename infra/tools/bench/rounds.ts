/** `npm run bench -- --rounds`: the calls of an operation, and how many of them wait for each other. */
import { startHost } from "../../local/host-process.ts";
import type { Stack } from "../../local/stack.ts";
import { CALLS, type CallBudget } from "./budgets.ts";
import { ownerWithCodeAccount } from "./code-account.ts";
import { DELAY_MS, type DelayedStack, delayedStack } from "./delayed-stack.ts";
import { type LoadClient, prepare, type Unit } from "./load.ts";
import { ownStack } from "./own-stack.ts";
import type { Owner } from "./owners.ts";
import { type Prover, providerToken } from "./provers.ts";
import type { Call, Kind } from "./recording-proxy.ts";
import type { Report } from "./report.ts";
import { runJob } from "./run-job.ts";
import { APP, newOwners, ownersWith, provers, withHelper } from "./sign-up.ts";
import { roundsIn } from "./statistics.ts";

/** Runs in this process, to share the proxies' clock. */
const load: LoadClient = { run: (lanes) => runJob({ lanes }), close: () => undefined };

type Counted = { name: string; milliseconds: number; before: Call[]; after: Call[] };
type Step = { name: string; unit: () => Unit; isSilent?: boolean };
type People = { fresh: Owner; warm: Owner; known: Owner; bound: Owner; prover: Prover; token: string };

export async function callsInRounds(report: Report, document: string): Promise<void> {
  await using stack = await ownStack({ host: "none" });
  const delayed = await delayedStack(stack);
  const { settings } = delayed;
  const signedUp = await withHelper({ settings }, (url) => signUp(stack, url, document));
  const host = await startHost({ appFolder: APP, port: 0, settings, log: () => undefined });
  try {
    const where = { ...stack.addresses, instance: `${host.url}/api` };
    const bound = await ownerWithCodeAccount(stack, where);
    const people = { ...signedUp, bound };
    for (const each of [people.fresh, people.warm, people.known, people.prover]) each.moveTo(where.instance);
    tell(report, await inOrder(delayed, stepsOf(people, document)));
  } finally {
    await host.close();
    await delayed.close();
  }
}

/**
 * Signs up through another instance, which also creates the shard keys: the measured one knows no keys yet.
 */
async function signUp(
  { addresses }: Stack,
  instance: string,
  document: string,
): Promise<Omit<People, "bound">> {
  const where = { api: addresses.api, issuer: addresses.issuer, instance };
  const [fresh] = await newOwners(1, where);
  const [warm, known] = await ownersWith(1, { load, where, document, count: 2 });
  const [prover] = await provers(1, where);
  if (!fresh || !warm || !known || !prover) throw new RangeError("nobody signed up");
  await prepare(load, [[known.plan(), warm.plan(), prover.staleness()]]);
  await known.addContact();
  return { fresh, warm, known, prover, token: await providerToken(addresses.issuer, "Codes.Verify") };
}

/** `isSilent`: only prepares the instance and its people. */
function stepsOf({ fresh, warm, known, bound, prover, token }: People, document: string): Step[] {
  const silent = (unit: () => Unit): Step => ({ name: "", unit, isSilent: true });
  return [
    ...[() => warm.upload(document), () => warm.plan(), () => warm.recovery()].map(silent),
    { name: "first upload", unit: () => fresh.firstUpload(document) },
    { name: "second upload, at hand", unit: () => fresh.upload(document) },
    ...Array.from({ length: 6 }, () => silent(() => fresh.upload(document))),
    { name: "ninth upload", unit: () => fresh.upload(document) },
    { name: "tenth upload, at hand", unit: () => fresh.upload(document) },
    { name: "staleness", unit: () => fresh.staleness() },
    silent(() => known.contacts()),
    { name: "plan", unit: () => known.plan() },
    { name: "quiet read, a device's first of the day", unit: () => warm.quietRead() },
    { name: "quiet read", unit: () => warm.quietRead() },
    { name: "recovery, the owner's first", unit: () => known.recovery() },
    { name: "recovery", unit: () => known.recovery() },
    { name: "recovery with Idempotency-Key", unit: () => known.recoveryWithKey() },
    silent(() => bound.plan()),
    { name: "recovery, one proven code account", unit: () => bound.recovery() },
    silent(() => prover.staleness()),
    silent(() => prover.codeCheck(token)),
    { name: "code check", unit: () => prover.codeCheck(token) },
  ];
}

async function inOrder(delayed: DelayedStack, steps: readonly Step[]): Promise<Counted[]> {
  const counted: Counted[] = [];
  for (const { name, unit, isSilent = false } of steps) {
    if (isSilent) await prepare(load, [[unit()]]);
    else {
      await delayed.settled();
      counted.push({ name, ...(await delayed.noted(() => prepare(load, [[unit()]]))) });
    }
  }
  return counted;
}

function tell(report: Report, counted: readonly Counted[]): void {
  report.heading(
    `Calls to storage, queue and vault, each ${DELAY_MS} ms longer: how many wait for each other, and how many there are`,
  );
  const rows = counted.map((each) => {
    const { name, milliseconds, before, after } = each;
    const budgets = verdicts(report, each, CALLS[name] ?? {});
    const rounds = [String(roundsIn(before)), (milliseconds / DELAY_MS).toFixed(1)];
    return [name, ...rounds, inWords(before), inWords(after), budgets];
  });
  report.table(["", "rounds", "time", "calls before the answer", "after it", "budgets"], rows, { text: 3 });
  report.note(
    `Rounds: the longest chain of calls of which each began after the other's end. Time: until the answer, in ${DELAY_MS} ms; what it`,
  );
  report.note(
    "has more than rounds is work. A delivered message is taken and deleted by the host: no call of the app, and not in the budget.",
  );
}

const WORDS: Record<Kind, [one: string, many: string]> = {
  read: ["read", "reads"],
  write: ["write", "writes"],
  list: ["list", "lists"],
  queue: ["message", "messages"],
  vault: ["vault", "vault"],
  delivered: ["delivered", "delivered"],
};
const KINDS = ["read", "write", "list", "queue", "vault", "delivered"] as const satisfies readonly Kind[];

const ofKind = (calls: readonly Call[], wanted: Kind) => calls.filter(({ kind }) => kind === wanted).length;

const inWords = (calls: readonly Call[]) =>
  KINDS.flatMap((kind) => {
    const count = ofKind(calls, kind);
    return count === 0 ? [] : [`${count} ${WORDS[kind][count === 1 ? 0 : 1]}`];
  }).join(", ");

function verdicts(report: Report, { before, after }: Counted, budget: CallBudget): string {
  const figures = {
    rounds: roundsIn(before),
    writes: ofKind(before, "write"),
    vault: ofKind([...before, ...after], "vault"),
    after: after.length - ofKind(after, "delivered"),
  };
  const told = (["rounds", "writes", "vault", "after"] as const).flatMap((what) => {
    const text = report.verdict(figures[what], budget[what]);
    return text === "" ? [] : [`${what} ${text}`];
  });
  return told.join("; ");
}
