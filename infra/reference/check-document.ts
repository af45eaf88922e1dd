/** `npm run document:check`: the document is current, lints cleanly and keeps the last release's promises. */
import { readFileSync } from "node:fs";
import * as z from "zod";
import { ROOT } from "./document.ts";
import { changesBetween, lint } from "./redocly.ts";
import { mayBreak, RULE } from "./release.ts";
import { endWith, say } from "./say.ts";
import { DOCUMENT, documentText, RELEASED } from "./write-document.ts";

const Document = z.object({ info: z.object({ version: z.string() }) });

const versionOf = (file: string) => Document.parse(JSON.parse(readFileSync(file, "utf8"))).info.version;
const short = (file: string) => file.slice(ROOT.length + 1);

function isCurrent(): boolean {
  const current = readFileSync(DOCUMENT, "utf8") === documentText();
  say(
    current
      ? `✓ ${short(DOCUMENT)} matches the declarations`
      : `✗ ${short(DOCUMENT)} is outdated: run \`npm run document\` and commit the result.`,
  );
  return current;
}

function lints(): boolean {
  const { ok, wrote } = lint(DOCUMENT);
  const isClean = ok && !/warning/i.test(wrote);
  say(isClean ? "✓ redocly lint: no errors, no warnings" : `✗ redocly lint\n${wrote}`);
  return isClean;
}

function keepsPromises(): boolean {
  const [released, next] = [versionOf(RELEASED), versionOf(DOCUMENT)];
  const { major, minor, patch, told } = changesBetween(RELEASED, DOCUMENT);
  const found = `${major} breaking, ${minor + patch} other changes since ${released}`;
  const isKept = major === 0 || mayBreak(released, next);
  if (!isKept) say(`✗ redocly diff: ${found}\n${told}\n${RULE}`);
  else say(`✓ redocly diff: ${found}${major > 0 ? `; ${next} may break` : ""}`);
  return isKept;
}

await endWith(() => [isCurrent(), lints(), keepsPromises()].every(Boolean));
