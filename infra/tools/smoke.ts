/** `npm run smoke -- URL`: checks whether a service, deployed or local, is up and safe. Exits 1 if not. */
import { parseArgs } from "node:util";
import { readAddress } from "./smoke/address.ts";
import { checks } from "./smoke/checks.ts";
import { runChecks, whyUnhealthy } from "./smoke/run-checks.ts";

const usage = `npm run smoke -- [--wait SECONDS] URL
  URL             the service's base URL, such as https://NAME.azurewebsites.net/api
  --wait SECONDS  how long it may still be starting`;

type Options = { url: string; waitMs: number };

/** @throws TypeError that names a wrong option */
function readOptions(): Options {
  const options = { wait: { type: "string", default: "0" } } as const;
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  const [url, ...more] = positionals;
  if (url === undefined || more.length > 0) throw new TypeError("Give one URL.");
  if (!/^\d{1,4}$/.test(values.wait)) throw new TypeError("--wait takes a number of seconds.");
  return { url, waitMs: 1000 * Number(values.wait) };
}

async function smoke({ url, waitMs }: Options): Promise<string | undefined> {
  const base = readAddress(url);
  const unhealthy = await whyUnhealthy(base, waitMs);
  if (unhealthy !== undefined) return unhealthy;
  const wrong = await runChecks(base, checks);
  return wrong > 0 ? `${wrong} of ${checks.length + 1} did not hold.` : undefined;
}

try {
  const trouble = await smoke(readOptions());
  if (trouble !== undefined) console.error(`\n${trouble}`);
  process.exitCode = trouble === undefined ? 0 : 1;
} catch (error) {
  const isUsage = error instanceof TypeError;
  console.error(error instanceof Error ? error.message : error);
  if (isUsage) console.error(`\n${usage}`);
  process.exitCode = isUsage ? 2 : 1;
}
