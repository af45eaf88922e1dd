/** `npm run drift`: checks the last `test:long`'s traffic against the document and lists what it missed. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { openApiDocument, ROOT } from "./document.ts";
import { type Exchange, exchangesIn, harOf, SERVER } from "./har.ts";
import { redocly } from "./redocly.ts";
import { endWith, say } from "./say.ts";

const local = (name: string) => join(ROOT, ".local", name);
const FILES = {
  recorded: local("traffic.ndjson"),
  har: local("traffic.har"),
  document: local("openapi.closed.json"),
  report: local("drift.json"),
  coverage: local("coverage.json"),
};

const Problems = z.object({
  problems: z.array(
    z.looseObject({ severity: z.string(), target: z.string(), occurrences: z.int(), message: z.string() }),
  ),
});
const Coverage = z.object({
  operations: z.array(
    z.object({
      method: z.string(),
      path: z.string(),
      missing: z.array(
        z.looseObject({ kind: z.string(), name: z.string().optional(), status: z.string().optional() }),
      ),
    }),
  ),
});
type Operation = z.infer<typeof Coverage>["operations"][number];

function main(): boolean {
  const all = existsSync(FILES.recorded) ? exchangesIn(readFileSync(FILES.recorded, "utf8")) : [];
  if (all.length === 0) throw new Error("There is no recorded traffic: run `npm run test:long` first.");
  writeFileSync(FILES.document, JSON.stringify(openApiDocument({ answers: "closed" }), undefined, 1));
  const isRefused = ({ response }: Exchange) => response.status >= 400;
  const wrong = [
    ...problemsIn(all.filter((each) => !isRefused(each))),
    // These requests were refused because they violate the document, so only their replies count.
    ...problemsIn(all.filter(isRefused)).filter(({ target }) => target === "response"),
  ];
  for (const problem of wrong) say(`✗ ${JSON.stringify(problem, undefined, 2)}`);
  say(
    `${wrong.length === 0 ? "✓" : "✗"} redocly drift: ${all.length} exchanges, ${wrong.length} not as the document says\n`,
  );
  say(coverageOf(all));
  listMissing();
  return wrong.length === 0;
}

const drift = (exchanges: Exchange[], ...args: string[]) => {
  writeFileSync(FILES.har, harOf(exchanges));
  const where = ["--api", FILES.document, "--server", SERVER, "--ignore-headers", "dpop"];
  return redocly("drift", FILES.har, ...where, ...args);
};

function problemsIn(exchanges: Exchange[]) {
  drift(exchanges, "--report-format", "json", "--min-severity", "error", "--output", FILES.report);
  return Problems.parse(JSON.parse(readFileSync(FILES.report, "utf8"))).problems;
}

/** A table of how much of the document the traffic covers. */
function coverageOf(exchanges: Exchange[]): string {
  const { wrote } = drift(exchanges, "--coverage", "--coverage-output", FILES.coverage);
  return /^API coverage\n(?: .*\n)+/m.exec(wrote)?.[0] ?? wrote;
}

function listMissing(): void {
  const { operations } = Coverage.parse(JSON.parse(readFileSync(FILES.coverage, "utf8")));
  say("Not covered by the traffic:");
  for (const operation of operations) {
    const what = missingIn(operation);
    if (what) say(`  ${operation.method} ${operation.path.slice(1)}: ${what}`);
  }
  say(`All members that the traffic didn't cover: ${FILES.coverage}`);
}

function missingIn({ missing }: Operation): string {
  if (missing.some(({ kind }) => kind === "operation")) return "the whole operation";
  const listed = (kind: string, words: string) => {
    const found = missing.filter((each) => each.kind === kind);
    const names = found.map(({ name, status }) => name ?? status).join(", ");
    return found.length > 0 ? [`${words} ${names}`] : [];
  };
  const members = missing.filter(({ kind }) => kind === "property").length;
  return [
    ...listed("response", "statuses"),
    ...listed("parameter", "parameters"),
    ...(members > 0 ? [`${members} members`] : []),
  ].join("; ");
}

await endWith(main);
