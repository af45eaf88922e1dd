/** `npm run client`: generates a C# client with Kiota, compiles it, and runs it against the local stack. */
import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { startStack } from "../local/stack.ts";
import { devToken } from "../local/tokens.ts";
import { buildBundle } from "../tools/build.ts";
import { ROOT } from "./document.ts";
import { endWith, say } from "./say.ts";
import { DOCUMENT } from "./write-document.ts";

const KIOTA = "1.38.0";
/** Generated and downloaded files stay here between runs. */
const MADE = join(ROOT, ".local/client");
const TOOL = join(MADE, `kiota-${KIOTA}`);
const CODE = join(MADE, "generated");
const PROJECT = join(ROOT, "infra/reference/csharp/client.csproj");
/** Lets Kiota run on any installed .NET, without looking for a newer version of itself. */
const SURROUNDINGS = {
  DOTNET_ROLL_FORWARD: "Major",
  DOTNET_CLI_TELEMETRY_OPTOUT: "1",
  DOTNET_NOLOGO: "1",
  KIOTA_OFFLINE_ENABLED: "true",
};

const Failed = z.object({ stdout: z.string(), stderr: z.string() });

/** Runs asynchronously, since this process is the local stack. If it fails, throws the command's output. */
async function run(command: string, ...args: string[]): Promise<string> {
  // biome-ignore lint/style/noProcessEnv: a child needs the surroundings of this process, such as PATH.
  const env = { ...process.env, ...SURROUNDINGS };
  try {
    const { stdout } = await promisify(execFile)(command, args, { cwd: ROOT, env });
    return stdout.trim();
  } catch (cause) {
    const { stdout = "", stderr = "" } = Failed.safeParse(cause).data ?? {};
    throw new Error(`✗ ${command} ${args[0]} failed:\n${stdout}${stderr}`, { cause });
  }
}

const hasDotnet = () => spawnSync("dotnet", ["--version"]).status === 0;

async function makeClient(): Promise<void> {
  const installing = ["tool", "install", "Microsoft.OpenApi.Kiota", "--version", KIOTA, "--tool-path", TOOL];
  if (!existsSync(TOOL)) await run("dotnet", ...installing);
  const named = ["--class-name", "BackupClient", "--namespace-name", "Backup.Client"];
  const how = ["--exclude-backward-compatible", "--clean-output", "--log-level", "error"];
  await run(
    join(TOOL, "kiota"),
    "generate",
    "--language",
    "CSharp",
    "--openapi",
    DOCUMENT,
    "--output",
    CODE,
    ...named,
    ...how,
  );
  say(`✓ Kiota ${KIOTA} made a client of lib/http/openapi.json`);
}

/** Returns the path of the assembly. */
async function compile(): Promise<string> {
  const properties = {
    GeneratedCode: CODE,
    BaseIntermediateOutputPath: `${MADE}/obj/`,
    OutputPath: `${MADE}/bin/`,
  };
  const given = Object.entries(properties).map(([name, value]) => `-p:${name}=${value}`);
  await run("dotnet", "build", PROJECT, "--verbosity", "quiet", ...given);
  say("✓ it compiles without a warning");
  return join(MADE, "bin/client.dll");
}

async function tryOut(assembly: string): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), "client-"));
  await buildBundle();
  const stack = await startStack({ data, ports: "free", log: () => undefined });
  const { api, issuer } = stack.addresses;
  try {
    say(await run("dotnet", assembly, api, await devToken(issuer, { subject: "anna" })));
  } finally {
    await stack.close();
    rmSync(data, { recursive: true, force: true });
  }
}

await endWith(async () => {
  if (!hasDotnet()) {
    say("Skipped: there is no dotnet here (https://dot.net), so no C# client of the document was tried.");
    return true;
  }
  await makeClient();
  await tryOut(await compile());
  return true;
});
