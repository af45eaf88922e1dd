/** `npm run document:check`: the document is current, lints without warnings, and keeps what the last release promised. */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { ROOT } from "./document.ts";
import { redocly } from "./redocly.ts";
import { mayBreak, RULE } from "./release.ts";
import { endWith, say } from "./say.ts";
import { DOCUMENT, documentText, RELEASED } from "./write-document.ts";

const Document = z.object({ info: z.object({ version: z.string() }) });
const Diff = z.object({ summary: z.object({ major: z.int(), minor: z.int(), patch: z.int() }) });

const versionOf = (file: string) => Document.parse(JSON.parse(readFileSync(file, "utf8"))).info.version;
const short = (file: string) => file.slice(ROOT.length + 1);

function isCurrent(): boolean {
  const current = readFileSync(DOCUMENT, "utf8") === documentText();
  say(
    current
      ? `✓ ${short(DOCUMENT)} is what the declarations make`
      : `✗ ${short(DOCUMENT)} isn't current: run \`npm run document\` and commit what it makes.`,
  );
  return current;
}

function lints(): boolean {
  const { ok, wrote } = redocly("lint", DOCUMENT, "--format", "codeframe");
  const isClean = ok && !/warning/i.test(wrote);
  say(isClean ? "✓ redocly lint: no errors, no warnings" : `✗ redocly lint\n${wrote}`);
  return isClean;
}

function keepsPromises(): boolean {
  const [released, next] = [versionOf(RELEASED), versionOf(DOCUMENT)];
  const report = join(ROOT, ".local/document-diff.json");
  mkdirSync(join(ROOT, ".local"), { recursive: true });
  const { ok, wrote } = redocly(
    "diff",
    RELEASED,
    DOCUMENT,
    "--fail-on",
    "major",
    "--format",
    "json",
    "--output",
    report,
  );
  const { major, minor, patch } = Diff.parse(JSON.parse(readFileSync(report, "utf8"))).summary;
  const found = `${major} breaking, ${minor} other changes, ${patch} of words, since ${released}`;
  if (ok) say(`✓ redocly diff: ${found}`);
  else if (mayBreak(released, next)) say(`✓ redocly diff: ${found}; ${next} may break`);
  else say(`✗ redocly diff: ${found}\n${redocly("diff", RELEASED, DOCUMENT).wrote || wrote}\n${RULE}`);
  return ok || mayBreak(released, next);
}

await endWith(() => [isCurrent(), lints(), keepsPromises()].every(Boolean));
