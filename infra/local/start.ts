/** `npm start`: builds the bundle, runs the local stack, says where it listens, ends it all on Ctrl-C. */

import { resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { buildBundle, buildForDebugger } from "../tools/build.ts";
import { pathOf } from "./child.ts";
import { DataFolderTaken } from "./data-lock.ts";
import { ensureLocalSettings } from "./local-settings.ts";
import { defaultPorts, PortTaken } from "./ports.ts";
import { announceIfSlow } from "./progress.ts";
import { type Addresses, type Stack, startStack } from "./stack.ts";
import { parseStartOptions, type StartOptions, usage } from "./start-options.ts";

function readOptions(): StartOptions {
  try {
    return parseStartOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${messageOf(error)}\n\n${usage}`);
    process.exit(2);
  }
}

const repository = pathOf("../..", import.meta.url);
const inspectFlag = "--inspect=127.0.0.1:9229";

type Preparation = Pick<StartOptions, "data" | "inspect"> & { log(line: string): void };

/** Builds the app and returns its folder. */
async function prepareApp({ data, inspect, log }: Preparation): Promise<string> {
  await ensureLocalSettings(repository, log);
  const forDebugger = resolve(data, "debug");
  await (inspect ? buildForDebugger(forDebugger) : buildBundle());
  return inspect ? forDebugger : repository;
}

async function start(options: StartOptions): Promise<Stack> {
  const { json, fresh, data, app, func, inspect, metrics } = options;
  const log = (line: string) => (json ? console.error(line) : console.log(line));
  const begun = performance.now();
  const appFolder = app ?? (await announceIfSlow("the bundle", log, prepareApp({ data, inspect, log })));
  const stack = await startStack({
    data,
    ports: options["free-ports"] ? "free" : defaultPorts,
    fresh,
    metrics,
    host: func ? "func" : "embedded",
    log,
    nodeFlags: inspect ? [inspectFlag] : [],
    appFolder,
  });
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  console.log(json ? JSON.stringify(stack.addresses) : describe(stack.addresses, data, seconds));
  return stack;
}

/** The addresses to open come first. */
const describe = (addresses: Addresses, data: string, seconds: string) => `
${Object.entries({ docs: `${addresses.api}/docs`, ...addresses })
  .map(([name, url]) => `${name.padEnd(7)} ${url}`)
  .join("\n")}

Up after ${seconds} s. Data stays in ${data}; "npm start -- --fresh" begins anew.
Try next:
  open ${addresses.api}/docs in a browser: the reference
  curl ${addresses.api}/health
  curl -d '{"subject":"anna"}' ${addresses.issuer}/dev/token
  open ${addresses.mailbox} in a browser: the emails and text messages
  npm run demo
Ctrl-C ends everything.
`;

/** Under npm, Ctrl-C arrives twice, as npm repeats the terminal's signal: only a later one forces the end. */
function endOnSignal(starting: Promise<Stack>): void {
  let askedAt: number | undefined;
  const end = async () => {
    if (askedAt !== undefined) {
      if (performance.now() - askedAt > 1_000) process.exit(130);
      return;
    }
    askedAt = performance.now();
    const [outcome] = await Promise.allSettled([starting]);
    if (outcome.status === "fulfilled") await outcome.value.close();
    process.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => void end());
  whenParentIsGone(() => void end());
}

/** npm's shell doesn't pass SIGTERM on: only the loss of the parent shows that npm was told to end. */
function whenParentIsGone(act: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    act();
  }, 250);
  timer.unref();
}

function explain(error: unknown): never {
  const expected = error instanceof PortTaken || error instanceof DataFolderTaken;
  console.error(expected ? error.message : `The stack did not start: ${messageOf(error)}`);
  process.exit(1);
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

const starting = start(readOptions());
endOnSignal(starting);
starting.catch(explain);
