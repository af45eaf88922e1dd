/** Which files of an app's folder `func azure functionapp publish` uploads. */
import { type Dirent, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { FuncIgnore } from "./func-ignore.ts";

/** Left out wherever they are, in any case (Core Tools' FileSystemHelpers.cs). */
const NEVER_FOLDERS = new Set([".git", ".vscode"]);
const NEVER_FILES = new Set([".funcignore", ".gitignore", "local.settings.json", "project.lock.json"]);

/** Relative paths with slashes, in an order that doesn't depend on the file system. */
export function filesToUpload(app: string): string[] {
  const file = join(app, ".funcignore");
  const rules = new FuncIgnore(existsSync(file) ? readFileSync(file, "utf8") : "");
  return [...filesIn(app, "", rules)].filter((path) => !rules.denies(path)).sort();
}

function* filesIn(app: string, folder: string, rules: FuncIgnore): Generator<string> {
  for (const entry of readdirSync(join(app, folder), { withFileTypes: true })) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    const name = entry.name.toLowerCase();
    if (!isFolder(app, path, entry)) {
      if (!NEVER_FILES.has(name)) yield path;
    } else if (!NEVER_FOLDERS.has(name) && !rules.deniesAllIn(path)) {
      yield* filesIn(app, path, rules);
    }
  }
}

/** A link to a folder counts as one. */
function isFolder(app: string, path: string, entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  return statSync(join(app, path), { throwIfNoEntry: false })?.isDirectory() === true;
}
