/** Builds the deployed bundle, `dist/index.js`; run as main it also measures what importing it costs. */
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { readJsonFile, textMembers } from "../local/host/json-file.ts";
import { buildPages } from "../pages/build-pages.ts";
import { median } from "./bench/statistics.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const BUNDLE = join(ROOT, "dist/index.js");
/** Too large for the bundle, which each cold start reads: shipped beside it and read on request. */
const OPENAPI = join(ROOT, "lib/http/openapi.json");
/** Inside node_modules, so that its imports resolve. */
const UNBUNDLED = join(ROOT, "node_modules/.cache/unbundled/index.mjs");
const MOST_BYTES = 1_700_000;
const LARGEST_IMPORT_SHARE = 1 / 3;
/** Fails the build only above this: on a busy machine, measurements of one bundle differ by less. */
const NEVER_IMPORT_SHARE = 0.4;
const RUNS = 7;

/** Gives the library a host to register with, as it has when deployed. */
const IMPORT_SCRIPT = `import Module from "node:module";
const core = { setProgrammingModel() {}, registerFunction() {}, registerHook() {}, log() {} };
const real = Module.prototype.require;
Module.prototype.require = function (id) {
  return id === "@azure/functions-core" ? core : real.call(this, id);
};
const start = performance.now();
await import(process.argv[1]).catch(({ message }) => {
  process.stderr.write(message);
  process.exit(1);
});
process.stdout.write("\\n" + (performance.now() - start));
process.exit();`;

/**
 * The storage clients contain Azurite's key, for their abbreviation `UseDevelopmentStorage=true`. A deployed
 * bundle contains no key.
 */
const withoutDevelopmentKey: Plugin = {
  name: "without-development-key",
  setup({ onLoad }) {
    onLoad({ filter: /@azure.storage-\w+.dist.esm.utils.constants\.js$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      return { contents: text.replace(/(DevelopmentConnectionString = )`[^`]*`/, '$1""') };
    });
  },
};

/**
 * Leaves out 84 kB of WebAssembly for the storage clients' checksums: stored content is authenticated on
 * opening.
 */
const withoutChecksums: Plugin = {
  name: "without-checksums",
  setup({ onLoad }) {
    const contents =
      'export default () => Promise.reject(new Error("Checksums of storage are left out of the bundle."));';
    onLoad({ filter: /@azure.storage-common.dist.esm.crc64\.js$/ }, () => ({ contents }));
  },
};

const shared = {
  absWorkingDir: ROOT,
  entryPoints: [join(ROOT, "functions/index.ts")],
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node22",
  logLevel: "error",
  // Only these fields name the SMS client's ES modules; its CommonJS would bring a second copy of the shared
  // code.
  mainFields: ["module", "main"],
  // Only the part of the QR encoder that needs no canvas and no PNG.
  alias: { qrcode: "qrcode/lib/browser.js" },
} satisfies BuildOptions;

const bundled: BuildOptions = {
  ...shared,
  external: ["@azure/functions-core"],
  plugins: [withoutDevelopmentKey, withoutChecksums],
  minify: true,
  legalComments: "none",
  // CommonJS packages in the bundle call require, which an ES module lacks.
  banner: {
    js: 'import { createRequire as $createRequire } from "node:module"; const require = $createRequire(import.meta.url);',
  },
};

/**
 * An app folder for a debugger, with names and a source map. Apart from `dist`, so that no map is ever
 * uploaded.
 */
export async function buildForDebugger(folder: string): Promise<void> {
  const outfile = join(folder, "dist/index.js");
  await build({ ...bundled, outfile, minify: false, sourcemap: "linked" });
  await putBeside(dirname(outfile));
  for (const name of ["host.json", "package.json"]) await copyFile(join(ROOT, name), join(folder, name));
}

/** Also copies the pages beside it. @throws if the bundle is larger than allowed */
export async function buildBundle(outfile = BUNDLE): Promise<{ bytes: number }> {
  await build({ ...bundled, outfile });
  await putBeside(dirname(outfile));
  const bytes = statSync(outfile).size;
  if (bytes > MOST_BYTES) throw new Error(`dist/index.js has ${bytes} bytes, more than ${MOST_BYTES}`);
  return { bytes };
}

/** The document and the pages. @throws if there is no document, or it isn't JSON */
async function putBeside(folder: string): Promise<void> {
  const document: unknown = JSON.parse(await readFile(OPENAPI, "utf8"));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "openapi.json"), JSON.stringify(document));
  await buildPages(folder);
}

async function report(): Promise<void> {
  const { bytes } = await buildBundle();
  await build({ ...shared, outfile: UNBUNDLED, packages: "external" });
  const [bundledMs = 0, unbundledMs = 0] = importTimes([BUNDLE, UNBUNDLED]);
  const share = bundledMs / unbundledMs;
  const verdict = share > LARGEST_IMPORT_SHARE ? "OVER" : "ok";
  console.log(`dist/index.js ${(bytes / 1e6).toFixed(2)} MB (at most ${MOST_BYTES / 1e6} MB)`);
  for (const name of ["openapi.json", "pages.json"]) {
    console.log(`dist/${name} ${statSync(join(dirname(BUNDLE), name)).size} bytes, beside it`);
  }
  console.log(
    `import ${bundledMs.toFixed(0)} ms bundled, ${unbundledMs.toFixed(0)} ms unbundled: ${share.toFixed(2)} (at most ${LARGEST_IMPORT_SHARE.toFixed(2)}: ${verdict})`,
  );
  if (share > NEVER_IMPORT_SHARE)
    throw new Error(
      `Importing the bundle takes ${share.toFixed(2)} of the time, more than ${NEVER_IMPORT_SHARE}.`,
    );
}

/** Median milliseconds to import each file, in fresh processes that take turns. */
function importTimes(files: string[]): number[] {
  const sample = readJsonFile(join(ROOT, "local.settings.sample.json"));
  const environment = { ...process.env, ...textMembers(sample["Values"]) };
  const rounds = Array.from({ length: RUNS }, () => files.map((file) => importTime(file, environment)));
  return files.map((_, at) => median(rounds.map((times) => times[at] ?? 0)));
}

function importTime(file: string, env: NodeJS.ProcessEnv): number {
  const options = { env, encoding: "utf8" } as const;
  const args = ["--input-type=module", "--eval", IMPORT_SCRIPT, pathToFileURL(file).href];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, options);
  if (status !== 0) throw new Error(`Importing ${file} failed: ${stderr}`);
  return Number(stdout.slice(stdout.lastIndexOf("\n")));
}

if (import.meta.main) {
  try {
    await report();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
