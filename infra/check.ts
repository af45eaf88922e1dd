/** `npm run infra`: builds, lints and formats the Bicep files, and checks deployments against snapshots. */
/**
 * Uses the real compiler and needs no Azure. Any warning fails. `-- --write` formats the files and takes new
 * snapshots instead.
 */
import { spawn } from "node:child_process";
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { type Bicep, findBicep } from "./bicep-compiler.ts";

const HERE = import.meta.dirname;
/** A fixed, invented scope: names derived from it must be the same for everyone. */
const SCOPE = {
  "tenant-id": "00000000-0000-0000-0000-000000000002",
  "subscription-id": "00000000-0000-0000-0000-000000000001",
  "resource-group": "rg-authenticator-backup",
  location: "westeurope",
  "deployment-name": "main",
};

type Result = { name: string; wrong: string };
type Check = () => Promise<Result>;

async function compile(
  { path }: Bicep,
  args: string[],
  cwd = HERE,
): Promise<{ code: number; wrote: string }> {
  const child = spawn(path, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let wrote = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      wrote += text;
    });
  const code = await new Promise<number>((done, failed) => {
    child.on("error", failed);
    child.on("close", (status) => done(status ?? 1));
  });
  return { code, wrote: stripVTControlCharacters(wrote).trim() };
}

/** The compiler prints nothing for a good file; a warning doesn't change its exit code. */
const complaint = (code: number, wrote: string) => wrote || (code === 0 ? "" : `exit code ${code}`);

async function lint(bicep: Bicep): Promise<Result> {
  const { code, wrote } = await compile(bicep, ["lint", "--pattern", "./**/*.bicep"]);
  // Every file that uses a module repeats the module's complaints.
  const once = [...new Set(wrote.split("\n"))].join("\n");
  return { name: "build and lint", wrong: complaint(code, once) };
}

const filesIn = (folder: string) => globSync(["*.{bicep,bicepparam}", "modules/**/*.bicep"], { cwd: folder });

const PATTERNS = ["./**/*.bicep", "./*.bicepparam"];

async function checkFormat(bicep: Bicep): Promise<Result> {
  const copy = mkdtempSync(join(tmpdir(), "bicep-format-"));
  try {
    const files = filesIn(HERE);
    for (const file of files) cpSync(join(HERE, file), join(copy, file));
    for (const pattern of PATTERNS) await compile(bicep, ["format", "--pattern", pattern], copy);
    const read = (folder: string, file: string) => readFileSync(join(folder, file), "utf8");
    const changed = files.filter((file) => read(HERE, file) !== read(copy, file));
    return { name: "format", wrong: changed.map((file) => `infra/${file} is not formatted`).join("\n") };
  } finally {
    rmSync(copy, { recursive: true });
  }
}

async function snapshot(bicep: Bicep, file: string, mode: "validate" | "overwrite"): Promise<Result> {
  const scope = Object.entries(SCOPE).flatMap(([name, value]) => [`--${name}`, value]);
  const { code, wrote } = await compile(bicep, ["snapshot", file, "--mode", mode, ...scope]);
  return { name: `snapshot of ${file}`, wrong: complaint(code, wrote) };
}

/** Two at a time: the compiler keeps a core busy. */
async function twoAtATime(checks: Check[]): Promise<Result[]> {
  const waiting = [...checks.entries()];
  const results: Result[] = [];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results[next[0]] = await next[1]();
  };
  await Promise.all([worker(), worker()]);
  return results;
}

async function write(bicep: Bicep, parameters: string[]): Promise<Result[]> {
  for (const pattern of PATTERNS) await compile(bicep, ["format", "--pattern", pattern]);
  return await twoAtATime([
    () => lint(bicep),
    ...parameters.map((file) => () => snapshot(bicep, file, "overwrite")),
  ]);
}

const check = (bicep: Bicep, parameters: string[]) =>
  twoAtATime([
    () => lint(bicep),
    () => checkFormat(bicep),
    ...parameters.map((file) => () => snapshot(bicep, file, "validate")),
  ]);

const say = (text: string) => process.stdout.write(`${text}\n`);

async function main(): Promise<boolean> {
  const bicep = findBicep();
  const parameters = globSync("*.bicepparam", { cwd: HERE }).toSorted();
  say(`Bicep ${bicep.version}, ${relative(process.cwd(), bicep.path)}`);
  const results = await (process.argv.includes("--write") ? write : check)(bicep, parameters);
  for (const { name, wrong } of results) say(wrong ? `✗ ${name}\n${wrong}\n` : `✓ ${name}`);
  const failed = results.filter(({ wrong }) => wrong).length;
  say(failed === 0 ? "No warnings." : `${failed} of ${results.length} failed.`);
  return failed === 0;
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
