/** Finds the Bicep compiler: the pinned one from NuGet, else the one of this machine. */
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "..");
const PROJECT = join(ROOT, ".ci/bicep/bicep.proj");
const CACHE = join(ROOT, ".local/bicep");
const PLATFORMS: Record<string, string> = { darwin: "osx", linux: "linux", win32: "win" };
const EXTENSION = process.platform === "win32" ? ".exe" : "";

export type Bicep = { path: string; version: string };

/**
 * Pinned, so that everyone's compiler says the same. Downloads it once into .local. @throws with a sentence
 * that says how to get a compiler, if there is none
 */
export function findBicep(): Bicep {
  const version = pinnedVersion();
  const found = restored(version) ?? fromNuGet(version) ?? onPath() ?? fromAzureCli();
  if (found) return found;
  throw new Error(
    `No Bicep compiler: install the .NET SDK (https://dot.net; it then comes from NuGet), or Bicep ${version} itself ` +
      "(https://aka.ms/bicep-install), or the Azure CLI, and run this again.",
  );
}

function pinnedVersion(): string {
  const [, version] = /Version="\[([\d.]+)\]"/.exec(readFileSync(PROJECT, "utf8")) ?? [];
  if (version) return version;
  throw new Error(`${PROJECT} names no version`);
}

const platform = () => `${PLATFORMS[process.platform] ?? process.platform}-${process.arch}`;

function restored(version: string): Bicep | undefined {
  const path = join(
    CACHE,
    `azure.bicep.commandline.${platform()}`.toLowerCase(),
    version,
    `tools/bicep${EXTENSION}`,
  );
  if (!existsSync(path)) return undefined;
  chmodSync(path, 0o755);
  return { path, version };
}

function fromNuGet(version: string): Bicep | undefined {
  const properties = {
    BicepPlatform: platform(),
    RestorePackagesPath: CACHE,
    BaseIntermediateOutputPath: `${join(CACHE, "obj")}/`,
  };
  const given = Object.entries(properties).map(([name, value]) => `-p:${name}=${value}`);
  const { status } = run("dotnet", ["restore", PROJECT, "--verbosity", "quiet", ...given]);
  return status === 0 ? restored(version) : undefined;
}

const onPath = () => versioned("bicep");

function fromAzureCli(): Bicep | undefined {
  const az = process.platform === "win32" ? "az.cmd" : "az";
  if (run(az, ["bicep", "install"]).status !== 0) return undefined;
  return versioned(join(homedir(), `.azure/bin/bicep${EXTENSION}`));
}

function versioned(path: string): Bicep | undefined {
  const { status, stdout } = run(path, ["--version"]);
  const [, version] = /version ([\d.]+)/.exec(stdout ?? "") ?? [];
  return status === 0 && version ? { path, version } : undefined;
}

const run = (command: string, args: string[]): SpawnSyncReturns<string> =>
  spawnSync(command, args, { encoding: "utf8", shell: command.endsWith(".cmd") });
